#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A clean array of one driver has the same content under the other, which
# doesn't resync it, checks it, repairs it, and gives it back.
# timeout: 400
. "$(dirname "$0")/common.sh"

make() {
	mapfile -t m < <(members "$1")
	new_array "$1" "$2" --raid-devices=2 "${m[@]}"
	know "$1" offset "$(data_offset "$1" "${m[1]}")"
	know "$1" size "$(blockdev --getsize64 "$1")"
	know "$1" uuid "$(mdadm --detail --export "$1" | grep '^MD_UUID=')"
	expect 0 mismatches "$1"
	md_stop "$1"
}

take() {
	mapfile -t m < <(members "$1")
	# A resync would overwrite this
	plant "${m[1]}" 20 "$(known "$1" offset)"
	md_assemble "$1" "${m[@]}"
	expect "$(known "$1" size)" blockdev --getsize64 "$1"
	expect "$(known "$1" uuid)" eval "mdadm --detail --export $1 | grep ^MD_UUID="
	expect none md_attr "$1" resync_start
	expect 0 md_attr "$1" degraded
	same_data "$1"
	go_active "$1"
	wait_sync "$1"
	[ "$(mismatches "$1")" != 0 ] || fail "a clean array was resynced"
	put "$1" sync_action repair
	wait_sync "$1"
	expect 0 mismatches "$1"
	same_data "$1"
}

both_ways make take
