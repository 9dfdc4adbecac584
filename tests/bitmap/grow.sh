#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# --grow --bitmap: added to and removed from a running array under load, with
# another chunk, and over a change of the array's size.
# debug: yes
# timeout: 400
. "$(dirname "$0")/common.sh"
need_disks 2

for format in 0.90 1.0 1.2; do
	echo "# $format"
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=$format --size=40M \
		--bitmap=none --assume-clean "${DISK[@]:0:2}"
	fill /dev/md0
	want=$(digest /dev/md0)
	mdadm -q --grow /dev/md0 --bitmap=internal --bitmap-chunk=1M
	md_attr /dev/md0 bitmap/time_base 0.2
	wait_for 60 dirty_is "${DISK[0]}" 0
	expect 40 bits "${DISK[0]}"
	must_fail mdadm -q --grow /dev/md0 --bitmap=internal
	mdadm -q --grow /dev/md0 --bitmap=none
	expect none md_attr /dev/md0 bitmap/location
	expect resync md_attr /dev/md0 consistency_policy

	mdadm -q --grow /dev/md0 --bitmap=internal --bitmap-chunk=4M
	expect 4194304 md_attr /dev/md0 bitmap/chunksize
	md_attr /dev/md0 bitmap/time_base 0.2
	wait_for 60 dirty_is "${DISK[0]}" 0

	echo "# larger"
	mdadm -q --grow /dev/md0 --size=48M
	wait_for 120 resynced /dev/md0
	wait_for 60 dirty_is "${DISK[0]}" 0
	expect 12 bits "${DISK[0]}"
	same /dev/md0
	dd if=/dev/urandom of=/dev/md0 bs=1M seek=47 count=1 oflag=direct status=none
	mdadm -q --grow /dev/md0 --size=40M
	wait_for 60 dirty_is "${DISK[0]}" 0
	expect 10 bits "${DISK[0]}"
	expect "$want" digest /dev/md0
	md_stop /dev/md0
	md_assemble /dev/md0 "${DISK[@]:0:2}"
	expect 4194304 md_attr /dev/md0 bitmap/chunksize
	md_stop /dev/md0
	for d in "${DISK[@]:0:2}"; do mdadm --zero-superblock "$d"; done
done
