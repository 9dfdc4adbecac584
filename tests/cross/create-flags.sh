#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# write-mostly and failfast that a member was given when the array was created are
# still there under the other driver, whether it was stopped in sync or in between.
# (For 0.90 mdadm doesn't pass them on, and there is nothing to keep.)
# timeout: 400
. "$(dirname "$0")/common.sh"
NAMES=(a b c)

wanted() {
	echo "${m[0]##*/}"
	echo "${m[1]##*/}"
	echo "failfast write_mostly ${m[2]##*/}"
}

make() {
	mapfile -t m < <(members "$1")
	md_create "$1" --level=1 --metadata="$2" --bitmap=none --raid-devices=3 \
		"${m[0]}" "${m[1]}" --write-mostly --failfast "${m[2]}"
	[ "$when" = at-once ] || wait_sync "$1"
	expect "$(wanted)" member_flags "$1" "${m[@]}"
	md_stop "$1"
}

take() {
	mapfile -t m < <(members "$1")
	md_assemble "$1" "${m[@]}"
	expect "$(wanted)" member_flags "$1" "${m[@]}"
	go_active "$1"
	wait_sync "$1"
	md_stop "$1"
	md_assemble "$1" "${m[@]}"
	expect "$(wanted)" member_flags "$1" "${m[@]}"
	md_stop "$1"
	wait_for 60 array_free "$1"
	md_assemble "$1" --force "${m[@]}"
	expect "$(wanted)" member_flags "$1" "${m[@]}"
}

for when in in-sync at-once; do
	both_ways make take 1.0 1.1 1.2
	dm_remove "${!SLICE[@]}"
	SLICE=()
done
