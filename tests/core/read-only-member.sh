#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An array with a write-protected member starts read-only, also if it was to be
# auto-read-only: the first write would cost it the member.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md=/sys/block/md_test/md
mdctl=$(dirname "$0")/mdctl.py
add() { dev_no "$1" >$md/new_dev; }

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M --assume-clean "${DISK[@]:0:2}"
md_stop /dev/md0
trap 'blockdev --setrw "${DISK[1]}"' EXIT
for how in active read-auto; do
	blockdev --setro "${DISK[1]}"
	echo md_test >/sys/module/md_mod/parameters/new_array
	echo 1.2 >$md/metadata_version
	add "${DISK[0]}"
	add "${DISK[1]}"
	md_attr md_test array_state $how
	expect readonly md_state md_test
	expect 1 cat /sys/block/md_test/ro
	must_fail dd if=/dev/zero of=/dev/md_test bs=4k count=1 oflag=direct status=none 2>/dev/null
	expect EROFS "$mdctl" write $md/array_state active
	blockdev --setrw "${DISK[1]}"
	md_attr md_test array_state active
	dd if=/dev/zero of=/dev/md_test bs=4k count=1 oflag=direct status=none
	expect 0 md_attr md_test degraded
	md_attr md_test array_state clear
	wait_for 60 array_gone md_test
done
