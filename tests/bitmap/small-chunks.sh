#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Chunks smaller than the members' blocks, and as large as they get: what is in doubt
# is resynced, in whole blocks.
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2

io_errors() { kernel_log | grep -c 'I/O error' || :; }
errors=$(io_errors)
modprobe -q loop || :
loops=()
for d in "${DISK[@]:0:2}"; do
	loops+=("$(losetup --show -f --direct-io=on --sector-size 4096 "$d")")
done
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=16M \
	--bitmap=none --assume-clean "${loops[@]}"
md_attr /dev/md0 bitmap/chunksize 512
md_attr /dev/md0 bitmap/time_base 0.2
md_attr /dev/md0 bitmap/location +64
wait_for 60 bits_cleared
expect 32768 bits "${DISK[0]}"
dd if=/dev/urandom of=/dev/md0 bs=64k count=256 oflag=direct status=none
wait_for 60 bits_cleared
data=$(member_attr /dev/md0 "${loops[1]}" offset)
dd if=/dev/urandom of="${DISK[1]}" bs=4k count=1 seek=$((data / 8 + 1000)) oflag=direct status=none
dd if=/dev/urandom of="${DISK[1]}" bs=4k count=1 seek=$((data / 8 + 3001)) oflag=direct status=none
md_attr /dev/md0 bitmap_set_bits "8003 24015"
wait_for 120 resynced /dev/md0
same /dev/md0
expect "$errors" io_errors
md_attr /dev/md0 bitmap/location none
md_attr /dev/md0 bitmap/chunksize 2147483648
# Elsewhere: one that is there already says itself how large its chunks are
md_attr /dev/md0 bitmap/location +256
expect 1 bits "${DISK[0]}"
grep -q '2097152KB chunk' /proc/mdstat
wait_for 60 bits_cleared
md_stop /dev/md0
losetup -d "${loops[@]}"
