#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A recovery that one driver was stopped in is taken up by the other: from its
# checkpoint where the format has one, else from the beginning.
# timeout: 400
. "$(dirname "$0")/common.sh"

make() {
	mapfile -t m < <(members "$1")
	new_array "$1" "$2" --raid-devices=2 "${m[@]}"
	know "$1" offset "$(data_offset "$1" "${m[1]}")"
	mdadm --quiet "$1" --fail "${m[1]}"
	md_remove "$1" "${m[1]}"
	mdadm --zero-superblock "${m[1]}"
	put "$1" sync_max 65536
	mdadm --quiet "$1" --add "${m[1]}"
	wait_for 60 half_way "$1"
	md_stop "$1"
}
half_way() { [ "$(md_attr "$1" sync_completed)" = "65536 / $((2 * $(md_attr "$1" component_size)))" ]; }

take() {
	mapfile -t m < <(members "$1")
	# Behind the checkpoint and before it
	plant "${m[1]}" 40 "$(known "$1" offset)"
	plant "${m[1]}" 16 "$(known "$1" offset)"
	md_assemble "$1" "${m[@]}"
	go_active "$1"
	same_data "$1"
	wait_recovered "$1"
	# 64 KiB are 128 sectors
	case $2 in
	0.90) expect 0 mismatches "$1" ;;
	*) expect 128 mismatches "$1" ;;
	esac
	same_data "$1"
}

both_ways make take
