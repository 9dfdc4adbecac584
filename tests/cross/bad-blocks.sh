#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Blocks that one driver recorded as bad on a member are not read from there by
# the other one, until they have been written again.
# timeout: 400
. "$(dirname "$0")/common.sh"

make() {
	mapfile -t m < <(members "$1")
	new_array "$1" "$2" --raid-devices=2 "${m[@]}"
	offset=$(data_offset "$1" "${m[1]}")
	know "$1" offset "$offset"
	know "$1" list "$((offset + 2048)) 128"
	member_attr "$1" "${m[1]}" bad_blocks "$((offset + 2048)) 128"
	# Recorded with the superblock's next write
	dd if=/dev/zero of="$1" bs=4k seek=5000 count=1 oflag=direct,sync status=none
	md_stop "$1"
	mdadm --examine-badblocks "${m[1]}" | grep -q "$((offset + 2048)) for 128" ||
		fail "not recorded: $(mdadm --examine-badblocks "${m[1]}")"
}

take() {
	mapfile -t m < <(members "$1")
	plant "${m[1]}" 1 "$(known "$1" offset)"
	md_assemble "$1" "${m[@]}"
	expect "$(known "$1" list)" member_attr "$1" "${m[1]}" bad_blocks
	member_attr "$1" "${m[0]}" state writemostly	# the other one is wanted
	same_data "$1"
	go_active "$1"
	# Writing cures them
	fill "$1" "$DATA_MIB"
	expect "" member_attr "$1" "${m[1]}" bad_blocks
	expect 0 mismatches "$1"
	md_stop "$1"
	md_assemble "$1" "${m[@]}"
	expect "" member_attr "$1" "${m[1]}" bad_blocks
	same_data "$1"
}

both_ways make take 1.0 1.1 1.2
