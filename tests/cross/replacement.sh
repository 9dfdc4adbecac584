#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A replacement that one driver was stopped in is finished by the other.
# timeout: 400
. "$(dirname "$0")/common.sh"
NAMES=(a b c)

make() {
	mapfile -t m < <(members "$1")
	new_array "$1" "$2" --raid-devices=2 "${m[@]:0:2}"
	mdadm --quiet "$1" --add "${m[2]}"
	put "$1" sync_max 65536
	mdadm --quiet "$1" --replace "${m[0]}" --with "${m[2]}"
	wait_for 60 half_way "$1"
	member_is "$1" "${m[2]}" replacement || fail "$(member_attr "$1" "${m[2]}" state)"
	md_stop "$1"
}
half_way() { [ "$(md_attr "$1" sync_completed)" = "65536 / $((2 * $(md_attr "$1" component_size)))" ]; }

take() {
	mapfile -t m < <(members "$1")
	md_assemble "$1" "${m[@]}"
	expect 0 md_attr "$1" degraded
	same_data "$1"
	go_active "$1"
	wait_for 60 member_is "$1" "${m[0]}" faulty
	wait_sync "$1"
	member_is "$1" "${m[2]}" in_sync || fail "$(member_attr "$1" "${m[2]}" state)"
	! member_is "$1" "${m[2]}" replacement || fail "still a replacement"
	expect 0 member_attr "$1" "${m[2]}" slot
	expect 0 mismatches "$1"
	md_stop "$1"
	md_assemble "$1" "${m[1]}" "${m[2]}"
	expect 0 md_attr "$1" degraded
	same_data "$1"
}

both_ways make take 1.0 1.1 1.2
