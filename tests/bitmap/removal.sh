#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Removing a bitmap while its pages are being written, and under writes: superblocks
# stay whole, and no write is done that neither bitmap nor superblock tells of.
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2
modprobe -q dm-delay || skip "no dm-delay"
dm_members 2

# slow SECTORS WRITE FLUSH: milliseconds for those up to there, of both members
slow() {
	local n d size
	for n in 0 1; do
		d=${DISK[n]} size=$(blockdev --getsz "${DISK[n]}")
		{
			echo "0 $1 delay $d 0 0 $d 0 $2 $d 0 $3"
			echo "$1 $((size - $1)) linear $d $1"
		} | dm_table m$n
	done
}
# on_disk OFFSET BYTES: of the first member's superblock
on_disk() { dd if="${DISK[0]}" bs=512 skip=8 count=1 iflag=direct status=none | od -An -tx4 -j"$1" -N"$2" | tr -d ' '; }
fresh() {
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=40M \
		--bitmap=internal --bitmap-chunk=1M --assume-clean "${MEMBERS[@]}"
	md_attr /dev/md0 safe_mode_delay 0
	dd if=/dev/urandom of=/dev/md0 bs=64k count=1 oflag=direct status=none
}

echo "# bits on their way"
fresh
expect a92b4efc on_disk 0 4
slow 2048 0 3000
md_attr /dev/md0 bitmap/time_base 0.2
wait_for 60 bits_cleared
md_attr /dev/md0 bitmap/location none &
pid=$!
while kill -0 $pid 2>/dev/null; do expect a92b4efc on_disk 0 4; done
wait $pid
expect a92b4efc on_disk 0 4
slow 2048 0 0
md_stop /dev/md0

echo "# a write at once"
fresh
expect 1 sh -c "echo $((0x$(on_disk 8 4) & 1))"
slow 2048 3000 0
md_attr /dev/md0 bitmap/location none &
gone() { [ "$(md_attr /dev/md0 bitmap/location)" = none ]; }
wait_for 60 gone
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=20 oflag=direct status=none
expect 0 sh -c "echo $((0x$(on_disk 8 4) & 1))"
wait
slow 2048 0 0
md_stop /dev/md0
