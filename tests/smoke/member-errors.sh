#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member whose writes fail is marked faulty, and the array goes on.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member bad "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=16M \
	/dev/mapper/bad "${DISK[1]}"
wait_sync /dev/md0
dm_set_error bad write
must_fail dd if=/dev/zero of=/dev/mapper/bad bs=4k count=1 oflag=direct status=none 2>/dev/null
fill /dev/md0 8
before=$(digest /dev/md0 8)
wait_for 60 member_is /dev/md0 /dev/mapper/bad faulty
expect 1 md_attr /dev/md0 degraded
dm_clear_error bad
expect "$before" digest /dev/md0 8
md_stop /dev/md0
