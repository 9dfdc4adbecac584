#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A write error makes a waiting spare take over by itself; bad blocks of the old
# member are copied from the other one.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

make_dm_member weak "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=32M \
	--assume-clean /dev/mapper/weak "${DISK[1]}"
mdadm --quiet --add /dev/md0 "${DISK[2]}"
dm_set_error weak all 2048 8
fill /dev/md0
before=$(digest /dev/md0)
replaced() { member_is /dev/md0 /dev/mapper/weak faulty && sync_idle /dev/md0; }
wait_for 60 replaced
expect 0 md_attr /dev/md0 degraded
expect "" bad_ranges /dev/md0 "${DISK[2]}"
expect "$before" digest /dev/md0
md_stop /dev/md0
expect "$before" digest "${DISK[2]}" 32
