#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In each superblock format: content and configuration come back after a stop,
# and mdadm finds the same, valid superblock on all members.
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

field() { mdadm --examine "$1" | sed -n "s/^ *$2 : *//p"; }

for format in 0.90 1.0 1.1 1.2; do
	echo "# $format"
	md_create /dev/md0 --level=1 --raid-devices=2 --spare-devices=1 \
		--metadata=$format --bitmap=none "${DISK[@]:0:3}"
	wait_sync /dev/md0
	fill /dev/md0 8
	before=$(digest /dev/md0 8)
	uuid=$(md_attr /dev/md0 uuid)
	size=$(md_attr /dev/md0 component_size)
	# Deliberately not in the order of the slots later
	md_stop /dev/md0

	for disk in "${DISK[@]:0:3}"; do
		mdadm --examine "$disk" | grep -q 'Checksum : .* - correct' ||
			fail "$format: checksum of $disk"
		expect "$(field "${DISK[0]}" Events)" field "$disk" Events
		expect clean field "$disk" State
	done

	md_assemble /dev/md0 "${DISK[2]}" "${DISK[1]}" "${DISK[0]}"
	expect "$before" digest /dev/md0 8
	expect "$uuid" md_attr /dev/md0 uuid
	expect "$size" md_attr /dev/md0 component_size
	expect $format md_attr /dev/md0 metadata_version
	expect 0 md_attr /dev/md0 degraded
	expect 0 member_attr /dev/md0 "${DISK[0]}" slot
	expect 1 member_attr /dev/md0 "${DISK[1]}" slot
	expect none member_attr /dev/md0 "${DISK[2]}" slot
	expect spare member_attr /dev/md0 "${DISK[2]}" state
	md_stop /dev/md0
	mdadm --zero-superblock "${DISK[@]:0:3}"
done
