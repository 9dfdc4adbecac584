#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A sector that can't be read is read from the other member, and rewritten.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dust_member weak "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=16M \
	/dev/mapper/weak --write-mostly "${DISK[1]}"
wait_sync /dev/md0
fill /dev/md0 4
before=$(digest /dev/md0 4)
dust_bad weak 64 4096
expect 2 dust_count weak
expect "$before" digest /dev/md0 4
cured() { [ "$(dust_count weak)" = 0 ]; }
wait_for 60 cured
expect 0 md_attr /dev/md0 degraded
md_stop /dev/md0
