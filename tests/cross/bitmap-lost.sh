#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An array with an internal bitmap loses power under load: the other driver makes
# members equal by its bits.
# timeout: 600
. "$(dirname "$0")/common.sh"

make_lost() {
	local md=$1 m
	mapfile -t m < <(members "$md")
	new_array "$md" "$2" --bitmap=internal --bitmap-chunk=1M --raid-devices=2 "${m[@]}"
	wait_clear "$md"
	md_attr "$md" bitmap/time_base 60
	md_attr "$md" safe_mode_delay 0
	dirt "$md" $((20 * 16))
	cut_power "${m[0]}"
	cut_power "${m[1]}"
	dirt "$md" $((25 * 16)) || :
	md_stop "$md"
	restore_power "${m[@]}"
}
take_lost() {
	local md=$1 m
	mapfile -t m < <(members "$md")
	md_assemble "$md" "${m[@]}"
	go_active "$md"
	wait_sync "$md"
	expect 0 mismatches "$md"
	same_data "$md"
	expect bitmap md_attr "$md" consistency_policy
	md_stop "$md"
}

both_ways make_lost take_lost
