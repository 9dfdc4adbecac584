#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A larger size is announced when it is on all superblocks, not before: what is
# written there must not be out of reach after a crash.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member slow "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=8M \
	--assume-clean --bitmap=none /dev/mapper/slow "${DISK[1]}"
wait_for 60 array_is /dev/md0 clean
# Nobody reads it any more
udevadm settle
expect 16384 sectors_of /dev/md0

dmsetup suspend --nolockfs --noflush slow
echo 16384 >/sys/block/md0/md/component_size &
grower=$!
grown() { [ "$(md_attr /dev/md0 component_size)" = 16384 ]; }
waits() { grep -q '^State:.*D' /proc/$grower/status; }
wait_for 60 grown
wait_for 60 waits
expect 16384 sectors_of /dev/md0
dmsetup resume slow
wait "$grower"
expect 32768 sectors_of /dev/md0
wait_sync /dev/md0
md_stop /dev/md0
