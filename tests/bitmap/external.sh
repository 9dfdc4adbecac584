#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# External metadata: a bitmap without superblock where userland says, whose bits go
# when userland says that they may; it is trusted by the next one who assembles.
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2
at=150000

# bitmap_bits DISK: how many are set in the first sector
bitmap_bits() {
	dd if="$1" bs=512 skip=$at count=1 iflag=direct status=none |
		python3 -c 'import sys; print(sum(bin(b).count("1") for b in sys.stdin.buffer.read()[:5]))'
}
bits_are() { [ "$(bitmap_bits "$1")" = "$2" ]; }
start() {
	external_array /dev/md0 40960 2048 "${DISK[@]:0:2}"
	md_attr /dev/md0 resync_start "$1"
	md_attr /dev/md0 bitmap/metadata external
	md_attr /dev/md0 bitmap/chunksize 1048576
	md_attr /dev/md0 bitmap/time_base 0.2
	md_attr /dev/md0 bitmap/location $at
	md_attr /dev/md0 array_state active
}
# What mdmon does when the first write comes
monitor() {
	while :; do
		if array_is /dev/md0 write-pending; then md_attr /dev/md0 array_state active; fi
		sleep 0.02
	done 2>/dev/null
}
monitor &
monitor=$!
trap 'kill $monitor' EXIT
put() { dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek="$1" oflag=direct status=none; }

start none
expect false md_attr /dev/md0 bitmap/can_clear
for seek in 16 160 320; do put $seek; done
expect 3 bitmap_bits "${DISK[0]}"
expect 3 bitmap_bits "${DISK[1]}"
md_attr /dev/md0 bitmap/can_clear true
wait_for 60 bits_are "${DISK[0]}" 0
wait_for 60 bits_are "${DISK[1]}" 0
md_attr /dev/md0 bitmap/can_clear false
put 320
expect 1 bitmap_bits "${DISK[1]}"

echo "# a member fails: no bit may go"
md_attr /dev/md0 bitmap/time_base 60
md_attr /dev/md0 bitmap/can_clear true
put 160
member_attr /dev/md0 "${DISK[1]}" state faulty
must_fail md_attr /dev/md0 bitmap/can_clear true 2>/dev/null
expect false md_attr /dev/md0 bitmap/can_clear
put 480 &
writer=$!
blocked() { member_is /dev/md0 "${DISK[1]}" blocked; }
wait_for 60 blocked
member_attr /dev/md0 "${DISK[1]}" state -blocked
wait $writer
expect 3 bitmap_bits "${DISK[0]}"
md_attr /dev/md0 array_state clear

echo "# what differs where a bit is set is resynced"
# Userland must not give a member that failed back as one in sync
dd if="${DISK[0]}" of="${DISK[1]}" bs=1M iflag=direct oflag=direct status=none
dd if=/dev/urandom of="${DISK[1]}" bs=64k count=1 seek=$((2048 / 128 + 160)) oflag=direct status=none
start 0
md_attr /dev/md0 array_state active
wait_for 120 resynced /dev/md0
same /dev/md0
expect 3 bitmap_bits "${DISK[1]}"
md_attr /dev/md0 array_state clear
