#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Check finds sectors that can't be read, and has them rewritten.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dust_member weak "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=16M \
	--assume-clean "${DISK[0]}" /dev/mapper/weak
fill /dev/md0
before=$(digest /dev/md0)
dust_bad weak 100 101 5000 20000
expect 4 dust_count weak
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 dust_count weak
expect 0 md_attr /dev/md0 mismatch_cnt
expect 0 md_attr /dev/md0 degraded
expect "" bad_ranges /dev/md0 /dev/mapper/weak
[ "$(member_attr /dev/md0 /dev/mapper/weak errors)" -gt 0 ] || fail "not counted"
md_stop /dev/md0
dmsetup message weak 0 disable
expect "$before" digest /dev/mapper/weak 16
