#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member's size and offset in sysfs can't make its data overlap its superblock or
# its bad-block log, neither before the array runs nor as a spare.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

mdctl=$(dirname "$0")/../core/mdctl.py
array=md0
attr() { echo "/sys/block/$array/md/dev-${DISK[$1]##*/}/$2"; }
all=$(($(sectors_of "${DISK[0]}") / 2))	# KiB, of each

for format in 0.90 1.0 1.1 1.2; do
	echo "# $format"
	array=md0
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=$format \
		--bitmap=none --size=16M --assume-clean "${DISK[@]:0:2}"
	mdadm --quiet /dev/md0 --add "${DISK[2]}"
	offset=$(cat "$(attr 2 offset)")
	size=$(cat "$(attr 2 size)")
	case $format in
	0.90 | 1.0)
		expect ENOSPC "$mdctl" write "$(attr 2 size)" $all
		expect EINVAL "$mdctl" write "$(attr 2 offset)" $((offset + size * 2 - 8))
		;;
	*)
		expect ENOSPC "$mdctl" write "$(attr 2 size)" $((size + 4))
		# The superblock, the log behind it, too little left
		for sector in 0 8 12 20 $((all * 2 - 8)); do
			expect EINVAL "$mdctl" write "$(attr 2 offset)" $sector
		done
		;;
	esac
	expect "$offset" cat "$(attr 2 offset)"
	expect "$size" cat "$(attr 2 size)"
	md_stop /dev/md0

	array=md_test
	echo $array >/sys/module/md_mod/parameters/new_array
	md_attr $array metadata_version $format
	md_attr $array new_dev "$(dev_no "${DISK[0]}")"
	expect ENOSPC "$mdctl" write "$(attr 0 size)" $((all + 4))
	case $format in
	0.90 | 1.0) expect ENOSPC "$mdctl" write "$(attr 0 size)" $all ;;
	*) expect EINVAL "$mdctl" write "$(attr 0 offset)" 8 ;;
	esac
	md_attr $array array_state clear
	wait_for 60 array_gone $array
	mdadm --zero-superblock "${DISK[@]:0:3}"
done
