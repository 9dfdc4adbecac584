#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# write-mostly and failfast, set when made or later, are kept by the other driver.
# timeout: 400
. "$(dirname "$0")/common.sh"
NAMES=(a b c)

make() {
	mapfile -t m < <(members "$1")
	new_array "$1" "$2" --raid-devices=3 "${m[@]}"
	member_attr "$1" "${m[0]}" state writemostly
	member_attr "$1" "${m[1]}" state failfast
	member_attr "$1" "${m[2]}" state writemostly
	member_attr "$1" "${m[2]}" state failfast
	expect "write_mostly ${m[0]##*/}
failfast ${m[1]##*/}
failfast write_mostly ${m[2]##*/}" member_flags "$1" "${m[@]}"
	# Recorded with the superblock's next write
	dd if=/dev/zero of="$1" bs=4k seek=5000 count=1 oflag=direct,sync status=none
	md_stop "$1"
}

take() {
	mapfile -t m < <(members "$1")
	md_assemble "$1" "${m[@]}"
	expect "write_mostly ${m[0]##*/}
failfast ${m[1]##*/}
failfast write_mostly ${m[2]##*/}" member_flags "$1" "${m[@]}"
	same_data "$1"
	go_active "$1"
	member_attr "$1" "${m[0]}" state -writemostly
	dd if=/dev/zero of="$1" bs=4k seek=5000 count=1 oflag=direct,sync status=none
	md_stop "$1"
	md_assemble "$1" "${m[@]}"
	expect "${m[0]##*/}
failfast ${m[1]##*/}
failfast write_mostly ${m[2]##*/}" member_flags "$1" "${m[@]}"
}

both_ways make take
