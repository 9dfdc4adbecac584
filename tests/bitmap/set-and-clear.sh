#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Internal bitmaps of all superblock formats: bits are on disk after a write, and
# gone when the array was idle for a while; mdadm and sysfs show the bitmap.
# debug: yes
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2
md=/sys/block/md0/md

all_clear() { dirty_is "${DISK[0]}" 0 && dirty_is "${DISK[1]}" 0; }

for format in 0.90 1.0 1.1 1.2; do
	echo "# $format"
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=$format --size=64M \
		--bitmap=internal --bitmap-chunk=1M --delay=1 "${DISK[@]:0:2}"
	wait_sync /dev/md0
	wait_for 60 all_clear
	expect true cat $md/bitmap/can_clear
	expect 1048576 cat $md/bitmap/chunksize
	expect 1 cat $md/bitmap/time_base
	expect internal cat $md/bitmap/metadata
	expect bitmap cat $md/consistency_policy
	grep -q '^[+-][0-9]*$' $md/bitmap/location
	mdadm -D /dev/md0 | grep 'Intent Bitmap : Internal' >/dev/null
	grep -q 'bitmap: 0/1 pages \[0KB\], 1024KB chunk' /proc/mdstat

	# For as long as it goes on, whatever the daemon finds
	echo 60 >$md/bitmap/time_base
	for at in 3 17 17 40; do
		dd if=/dev/urandom of=/dev/md0 bs=4k count=1 seek=$((at * 256 + 5)) \
			oflag=direct,dsync status=none
	done
	expect 3 dirty "${DISK[0]}"
	expect 3 dirty "${DISK[1]}"
	grep -q 'bitmap: 1/1 pages' /proc/mdstat
	# One write over the end of a chunk
	dd if=/dev/zero of=/dev/md0 bs=8k count=1 seek=$(((50 << 7) - 1)) oflag=direct status=none
	dd if=/dev/zero of=/dev/md0 bs=4k count=2 seek=$(((60 << 8) - 1)) oflag=direct status=none
	expect 6 dirty "${DISK[1]}"
	echo 0.2 >$md/bitmap/time_base
	expect 0.200 cat $md/bitmap/time_base
	wait_for 60 all_clear

	# Stopping leaves no bit behind either
	echo 60 >$md/bitmap/time_base
	dd if=/dev/zero of=/dev/md0 bs=1M count=8 oflag=direct status=none
	md_stop /dev/md0
	all_clear
	wipefs -qa "${DISK[@]:0:2}"
	for d in "${DISK[@]:0:2}"; do mdadm --zero-superblock "$d" 2>/dev/null || :; done
done
