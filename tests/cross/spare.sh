#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A spare stays a spare under the other driver, and takes over when it must.
# timeout: 400
. "$(dirname "$0")/common.sh"
NAMES=(a b c)

make() {
	mapfile -t m < <(members "$1")
	new_array "$1" "$2" --raid-devices=2 --spare-devices=1 "${m[@]}"
	md_stop "$1"
}

take() {
	mapfile -t m < <(members "$1")
	md_assemble "$1" "${m[@]}"
	expect none member_attr "$1" "${m[2]}" slot
	member_is "$1" "${m[2]}" spare || fail "no spare"
	expect 0 md_attr "$1" degraded
	go_active "$1"
	mdadm --quiet "$1" --fail "${m[1]}"
	wait_for 60 member_is "$1" "${m[2]}" in_sync
	wait_recovered "$1"
	expect 0 mismatches "$1"
	same_data "$1"
	md_stop "$1"
	md_assemble "$1" "${m[@]}"
	expect 1 member_attr "$1" "${m[2]}" slot
	same_data "$1"
}

both_ways make take
