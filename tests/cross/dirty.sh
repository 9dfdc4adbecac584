#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Power is lost while members differ: the other driver resyncs them, and what was
# acknowledged before is there.
# timeout: 400
. "$(dirname "$0")/common.sh"

dirty_on_disk() { mdadm --examine "$1" | grep -Eq 'State : (active|active, .*)$'; }

# cut_dirty ARRAY MEMBER: write, and cut the member off that says so
cut_dirty() {
	dd if=/dev/zero of="$1" bs=64k seek=$((20 * 16)) count=1 oflag=direct status=none
	cut_power "$2"
	if dirty_on_disk "$2"; then return 0; fi
	restore_power "$2"
	return 1
}

make() {
	mapfile -t m < <(members "$1")
	new_array "$1" "$2" --raid-devices=2 "${m[@]}"
	md_attr "$1" safe_mode_delay 0	# stays dirty
	# A timer that runs already may make it clean once more
	wait_for 60 cut_dirty "$1" "${m[0]}"
	dd if=/dev/urandom of="$1" bs=64k seek=$((20 * 16)) count=4 oflag=direct status=none
	cut_power "${m[1]}"
	md_stop "$1"
	restore_power "${m[@]}"
}

take() {
	mapfile -t m < <(members "$1")
	dirty_on_disk "${m[0]}" ||
		fail "not dirty on disk: $(mdadm --examine "${m[0]}" | grep State)"
	md_assemble "$1" --readonly "${m[@]}"
	[ "$(md_attr "$1" resync_start)" != none ] || fail "dirty, but no resync is due"
	same_data "$1"
	go_active "$1"
	wait_for 120 resync_done "$1"
	wait_sync "$1"
	expect 0 mismatches "$1"
	same_data "$1"
	md_stop "$1"
	# It stays so
	md_assemble "$1" "${m[@]}"
	expect none md_attr "$1" resync_start
}

resync_done() { [ "$(md_attr "$1" resync_start)" = none ]; }
both_ways make take
