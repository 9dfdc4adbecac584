#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is reserved for the bitmap is kept by its superblock, and heeded when the
# array grows: chunks get larger, the bitmap doesn't.
. "$(dirname "$0")/common.sh"
need_disks 2

space() { md_attr /dev/md0 bitmap/space; }
again() {
	md_stop /dev/md0
	md_assemble /dev/md0 "${DISK[@]:0:2}"
	mdadm -q --readwrite /dev/md0 || :
}

# What there is from the bitmap to the bad-block log, or to the device's end
room() {
	case $format in
	0.90) echo 120 ;;
	1.0) echo $((-$(md_attr /dev/md0 bitmap/location) - 8)) ;;
	esac
}

for format in 0.90 1.0 1.1 1.2; do
	echo "# $format"
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=$format --size=8M \
		--bitmap=internal --bitmap-chunk=4K --assume-clean "${DISK[@]:0:2}"
	expect 0 space
	again
	expect 0 space
	must_fail md_attr /dev/md0 bitmap/space 0 2>/dev/null

	md_attr /dev/md0 bitmap/space 1
	again
	expect 1 space
	again	# as it was written by a superblock that nobody touched
	expect 1 space
	must_fail md_attr /dev/md0 bitmap/space 0 2>/dev/null
	mdadm -q --grow /dev/md0 --size=16M
	wait_sync /dev/md0
	expect 1 space
	expect 8192 md_attr /dev/md0 bitmap/chunksize
	again
	expect 8192 md_attr /dev/md0 bitmap/chunksize
	expect 1 space
	must_fail mdadm -q --grow /dev/md0 --bitmap=internal 2>/dev/null

	if [ -n "$(room)" ]; then
		md_attr /dev/md0 bitmap/space 100000
		again
		expect "$(room)" space
	fi
	mdadm -q --grow /dev/md0 --bitmap=none
	expect 0 space
	mdadm -q --grow /dev/md0 --bitmap=internal
	expect 0 space
	md_stop /dev/md0
	for d in "${DISK[@]:0:2}"; do mdadm --zero-superblock "$d"; done
done
