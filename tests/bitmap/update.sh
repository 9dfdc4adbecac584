#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What mdadm --assemble --update= changes leaves the bitmap usable: bits that are set
# still count, and nothing else has to be copied.
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2

not_trusted() { kernel_log | grep -c -e 'new bitmap is made' -e 'out of date' || :; }
told=$(not_trusted)
for update in name homehost uuid no-bbl force-no-bbl bbl devicesize resync; do
	echo "# $update"
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=40M \
		--bitmap=internal --bitmap-chunk=1M --assume-clean "${DISK[@]:0:2}"
	md_attr /dev/md0 bitmap/time_base 0.2
	wait_for 60 bits_cleared
	fill /dev/md0 20
	wait_for 60 bits_cleared
	md_stop /dev/md0
	md_assemble /dev/md0 --update=$update "${DISK[@]:0:2}"
	[ "$(md_attr /dev/md0 bitmap/location)" != none ]
	! array_is /dev/md0 read-auto || mdadm --readwrite /dev/md0
	wait_for 120 resynced /dev/md0
	dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=100 oflag=direct status=none
	mdadm -q /dev/md0 --fail "${DISK[1]}"
	md_remove /dev/md0 "${DISK[1]}"
	dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=200 oflag=direct status=none
	want=$(digest /dev/md0)
	before=$(sectors_written "${DISK[1]}")
	mdadm -q /dev/md0 --re-add "${DISK[1]}"
	wait_recovered /dev/md0
	[ $(($(sectors_written "${DISK[1]}") - before)) -lt 12000 ]
	expect "$want" digest /dev/md0
	same /dev/md0
	md_stop /dev/md0
	mdadm --zero-superblock "${DISK[@]:0:2}"
done
expect "$told" not_trusted
