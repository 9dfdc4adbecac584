#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member that failed, and is stale since, stays out when the other driver
# assembles all members, and is rebuilt when it's added again.
# timeout: 400
. "$(dirname "$0")/common.sh"
NAMES=(a b c)

make() {
	mapfile -t m < <(members "$1")
	new_array "$1" "$2" --raid-devices=3 "${m[@]}"
	mdadm --quiet "$1" --fail "${m[0]}"
	# What the stale member doesn't have
	dd if=/dev/urandom of="$1" bs=1M count=1 oflag=direct status=none
	know "$1" digest "$(digest "$1" "$DATA_MIB")"
	md_stop "$1"
}

take() {
	mapfile -t m < <(members "$1")
	md_assemble "$1" "${m[@]}"
	expect 1 md_attr "$1" degraded
	! member_is "$1" "${m[0]}" in_sync || fail "the stale member is in sync"
	same_data "$1"
	go_active "$1"
	mdadm --zero-superblock "${m[0]}"
	mdadm --quiet "$1" --add "${m[0]}"
	wait_recovered "$1"
	member_is "$1" "${m[0]}" in_sync || fail "not rebuilt"
	expect 0 mismatches "$1"
	mdadm --quiet "$1" --fail "${m[1]}" --fail "${m[2]}"
	same_data "$1"
	md_stop "$1"
	# Only the rebuilt one is up to date now
	md_assemble "$1" --run "${m[@]}"
	expect 2 md_attr "$1" degraded
	same_data "$1"
}

both_ways make take
