#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member that has no bad-block list fails at its first write error.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member weak "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=0.90 --assume-clean \
	/dev/mapper/weak "${DISK[1]}"
# Not at the places where udev looks for filesystems
dm_set_error weak all 3000 8
fill /dev/md0 1
expect 0 md_attr /dev/md0 degraded
fill /dev/md0 4
member_is /dev/md0 /dev/mapper/weak faulty || fail "not failed"
expect 1 md_attr /dev/md0 degraded
before=$(digest /dev/md0 4)
expect "$before" digest "${DISK[1]}" 4
md_stop /dev/md0
