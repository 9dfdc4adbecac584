#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The place of the superblock can't be written, in each format and on each member:
# the member fails, the data stays, and the other one alone is taken afterwards.
# timeout: 500
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

size=$(sectors_of "${DISK[0]}")
for format in 0.90 1.0 1.1 1.2; do
	for bad in 0 1; do
		echo "# $format, member $bad"
		case $format in
		0.90) place=$((size / 128 * 128 - 128)) ;;
		1.0) place=$(((size - 16) / 8 * 8)) ;;
		1.1) place=0 ;;
		1.2) place=8 ;;
		esac
		make_dm_member m0 "${DISK[0]}"
		make_dm_member m1 "${DISK[1]}"
		md_create /dev/md0 --level=1 --raid-devices=2 --metadata="$format" \
			--size=16M --assume-clean /dev/mapper/m0 /dev/mapper/m1
		fill /dev/md0 4
		wait_for 60 array_is /dev/md0 clean
		dm_set_error "m$bad" write "$place" 8
		fill /dev/md0 6
		before=$(digest /dev/md0 6)
		member_is /dev/md0 "/dev/mapper/m$bad" faulty || fail "not failed"
		member_is /dev/md0 "/dev/mapper/m$((1 - bad))" in_sync || fail "not in sync"
		expect 1 md_attr /dev/md0 degraded
		md_stop /dev/md0
		dm_clear_error "m$bad"
		# The one that has not heard of it comes first
		md_assemble /dev/md0 --run "/dev/mapper/m$bad" "/dev/mapper/m$((1 - bad))"
		expect 1 md_attr /dev/md0 degraded
		expect "$before" digest /dev/md0 6
		md_stop /dev/md0
		mdadm --zero-superblock /dev/mapper/m0 /dev/mapper/m1
		dm_remove m0 m1
	done
done
