#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member is left out of an array with an internal bitmap, and comes back under the
# other driver: it gets what it lacks by the bits of both.
# timeout: 600
. "$(dirname "$0")/common.sh"

make_left() {
	local md=$1 m
	mapfile -t m < <(members "$md")
	new_array "$md" "$2" --bitmap=internal --bitmap-chunk=1M --raid-devices=2 "${m[@]}"
	wait_clear "$md"
	md_stop "$md"
	md_assemble "$md" --run "${m[1]}"
	go_active "$md"
	dirt "$md" $((30 * 16))
	md_stop "$md"
}
take_left() {
	local md=$1 m
	mapfile -t m < <(members "$md")
	md_assemble "$md" --run "${m[1]}"
	go_active "$md"
	dirt "$md" $((33 * 16))
	mdadm --quiet "$md" --re-add "${m[0]}"
	wait_recovered "$md"
	expect 0 mismatches "$md"
	same_data "$md"
	md_stop "$md"
}

both_ways make_left take_left
