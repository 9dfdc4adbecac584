#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The last good member can't be failed by hand, nor by errors, unless
# fail_last_dev says so.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member last "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --assume-clean \
	"${DISK[0]}" /dev/mapper/last
fill /dev/md0 4
before=$(digest /dev/md0 1)
mdadm --quiet --fail /dev/md0 "${DISK[0]}"
must_fail mdadm --quiet --fail /dev/md0 /dev/mapper/last 2>/dev/null
member_is /dev/md0 /dev/mapper/last in_sync || fail "the last member was failed"

offset=$(member_attr /dev/md0 /dev/mapper/last offset)
dm_set_error last all "$((offset + 2048))" 64
must_fail digest /dev/md0 4 2>/dev/null
must_fail dd if=/dev/zero of=/dev/md0 bs=4k seek=256 count=1 oflag=direct status=none 2>/dev/null
member_is /dev/md0 /dev/mapper/last in_sync || fail "the last member was failed"
dm_clear_error last
expect "$before" digest /dev/md0 1

md_attr /dev/md0 fail_last_dev 1
mdadm --quiet --fail /dev/md0 /dev/mapper/last || :
member_is /dev/md0 /dev/mapper/last faulty || fail "fail_last_dev has no effect"
md_stop /dev/md0
