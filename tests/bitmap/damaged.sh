#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Internal bitmaps that are damaged, of another array, or of a cluster: the array
# starts without trusting them, or is refused; members that differ are made equal.
# debug: yes
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2
dm_members 2

# at OFFSET PRINTF-TEXT: overwrite bytes of both members' bitmaps
at() {
	local m
	for m in "${MEMBERS[@]}"; do
		printf '%b' "$2" | dd of="$m" bs=1 seek=$(((8 + place) * 512 + $1)) conv=notrunc status=none
	done
}
# An array that lost power, with members that differ where no bit tells
fresh() {
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=24M \
		--bitmap=internal --bitmap-chunk=1M --assume-clean "${MEMBERS[@]}"
	place=$(md_attr /dev/md0 bitmap/location)
	fill /dev/md0
	md_attr /dev/md0 bitmap/time_base 0.2
	wait_for 60 bits_cleared
	want=$(digest /dev/md0)
	md_attr /dev/md0 safe_mode_delay 0
	data=$(member_attr /dev/md0 "${MEMBERS[1]}" offset)
	dd if=/dev/md0 bs=4k count=1 skip=5120 status=none | dd of=/dev/md0 bs=4k seek=5120 \
		oflag=direct,dsync status=none
	lose_power /dev/md0
	dd if=/dev/urandom of="${MEMBERS[1]}" bs=64k count=1 seek=$((data / 128 + 20)) oflag=direct status=none
}

made=0
for damage in '0 xxxx' '4 \0007' '8 another' '52 \0001' '56 \0\0\0\0' '60 \0\0\0001'; do
	echo "# $damage"
	fresh
	at "${damage% *}" "${damage#* }"
	md_assemble /dev/md0 "${MEMBERS[@]}"
	expect "$place" md_attr /dev/md0 bitmap/location
	! array_is /dev/md0 read-auto || mdadm --readwrite /dev/md0
	wait_for 120 resynced /dev/md0
	expect "$want" digest /dev/md0
	same /dev/md0
	md_stop /dev/md0
	made=$((made + 1))
done
expect $made eval "kernel_log | grep -c 'a new bitmap is made'"

echo "# a cluster's"
fresh
at 4 '\0005'
must_fail mdadm -q -A /dev/md0 "${MEMBERS[@]}"
kernel_log | grep 'it belongs to a cluster' >/dev/null
mdadm -q -S /dev/md0 2>/dev/null || :
