#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A resync that one driver was stopped in goes on under the other from its
# checkpoint.
# timeout: 400
. "$(dirname "$0")/common.sh"

make() {
	mapfile -t m < <(members "$1")
	new_array "$1" "$2" --raid-devices=2 "${m[@]}"
	know "$1" offset "$(data_offset "$1" "${m[1]}")"
	md_stop "$1"
	plant "${m[1]}" 40 "$(known "$1" offset)"
	md_assemble "$1" --readonly --update=resync "${m[@]}"
	put "$1" sync_max 65536
	go_active "$1"
	wait_for 60 half_way "$1"
	md_stop "$1"
}
half_way() { [ "$(md_attr "$1" sync_completed)" = "65536 / $((2 * $(md_attr "$1" component_size)))" ]; }
done_syncing() { [ "$(md_attr "$1" resync_start)" = none ]; }

take() {
	mapfile -t m < <(members "$1")
	plant "${m[1]}" 16 "$(known "$1" offset)"
	md_assemble "$1" --readonly "${m[@]}"
	expect 65536 md_attr "$1" resync_start
	go_active "$1"
	wait_for 120 done_syncing "$1"
	wait_sync "$1"
	# What was planted before the checkpoint is still there: 64 KiB
	expect 128 mismatches "$1"
	same_data "$1"
}

both_ways make take
