#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A failfast member is out at its first read error; the last good one isn't.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member a "${DISK[0]}"
make_dm_member b "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --assume-clean \
	--failfast /dev/mapper/a /dev/mapper/b
member_is /dev/md0 /dev/mapper/a failfast || fail "not failfast"
fill /dev/md0 4
before=$(digest /dev/md0 4)
member_attr /dev/md0 /dev/mapper/b state writemostly
dm_set_error a read 1024 8
expect "$before" digest /dev/md0 4
wait_for 60 member_is /dev/md0 /dev/mapper/a faulty
expect 1 md_attr /dev/md0 degraded

dm_set_error b read 1024 8
must_fail digest /dev/md0 4 2>/dev/null
dm_clear_error b
expect "$before" digest /dev/md0 4
expect 1 md_attr /dev/md0 degraded
md_stop /dev/md0
