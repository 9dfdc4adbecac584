#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A sector that every member has lost is an I/O error, nothing else is, and
# nobody is failed for it.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member a "${DISK[0]}"
make_dm_member b "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --assume-clean \
	/dev/mapper/a /dev/mapper/b
fill /dev/md0 2
part() { dd if=/dev/md0 bs=512 skip="$1" count="$2" iflag=direct status=none | sha256sum; }
first=$(part 0 800)
last=$(part 808 3000)
dm_set_error a all 800 8
dm_set_error b all 800 8
must_fail part 800 8
must_fail part 796 8
must_fail part 0 1600
expect "$first" part 0 800
expect "$last" part 808 3000
expect 0 md_attr /dev/md0 degraded
dm_clear_error a
dm_clear_error b
md_stop /dev/md0
