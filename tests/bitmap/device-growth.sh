#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Members that grow take their bitmap along to the new place, with all of its bits,
# and data does not run into it.
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2

made_anew() { kernel_log | grep -c 'new bitmap is made' || :; }
before=$(made_anew)
# sized SECTORS: both members
sized() {
	local n
	for n in 0 1; do echo "0 $1 linear ${DISK[n]} 0" | dm_table m$n; done
}

dm_members 2
for format in 0.90 1.0 1.2; do
	echo "# $format"
	sized 98304
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=$format --bitmap=internal \
		--bitmap-chunk=1M --assume-clean "${MEMBERS[@]}"
	fill /dev/md0 40
	md_attr /dev/md0 bitmap/time_base 0.2
	wait_for 60 bits_cleared
	mdadm -q /dev/md0 --fail "${MEMBERS[1]}"
	slotless() { [ "$(member_attr /dev/md0 "${MEMBERS[1]}" slot)" = none ]; }
	wait_for 60 slotless
	dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=100 oflag=direct status=none
	member_attr /dev/md0 "${MEMBERS[1]}" state re-add
	wait_recovered /dev/md0
	wait_for 60 bits_cleared

	sized 163840
	md_attr /dev/md0 bitmap/time_base 60
	dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=200 oflag=direct status=none
	mdadm -q --grow /dev/md0 --size=max
	wait_for 120 resynced /dev/md0
	[ "$(md_attr /dev/md0 component_size)" -gt 70000 ]
	fill /dev/md0 70
	want=$(digest /dev/md0)
	md_attr /dev/md0 bitmap/time_base 0.2
	wait_for 60 bits_cleared
	wait_for 60 dirty_is "${MEMBERS[0]}" 0
	wait_for 60 dirty_is "${MEMBERS[1]}" 0
	md_stop /dev/md0
	md_assemble /dev/md0 "${MEMBERS[@]}"
	expect "$want" digest /dev/md0
	same /dev/md0
	md_stop /dev/md0
	mdadm --zero-superblock "${MEMBERS[@]}"
done
expect "$before" made_anew
