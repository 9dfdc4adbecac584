#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Discard goes to the members that have it; zeroes are zeroes on all of them.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

modprobe null_blk nr_devices=0 || skip "null_blk is not there"
mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
nb=/sys/kernel/config/nullb/nullb9
mkdir "$nb"
echo 1 >"$nb/memory_backed"
echo 64 >"$nb/size"
echo 1 >"$nb/power"
plain=/dev/nullb9
udevadm settle
expect 0 blockdev --getdiscardzeroes "$plain"
expect 0 cat "/sys/block/$(md_dev "$plain")/queue/discard_max_bytes"

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=16M \
	--assume-clean "${DISK[0]}" "$plain"
fill /dev/md0
head=$(digest /dev/md0 4)
blkdiscard --offset $((4 << 20)) --length $((4 << 20)) /dev/md0
blkdiscard --zeroout --offset $((8 << 20)) --length $((4 << 20)) /dev/md0
fill /dev/md0 4
zeroes=$(head -c 4194304 /dev/zero | sha256sum | cut -d' ' -f1)
part() { dd if="$1" bs=1M skip="$2" count=4 iflag=direct status=none | sha256sum | cut -d' ' -f1; }
expect "$zeroes" part /dev/md0 8
expect "$zeroes" part "${DISK[0]}" 8
expect "$zeroes" part "$plain" 8
expect "$zeroes" part "${DISK[0]}" 4
expect 0 md_attr /dev/md0 degraded
[ "$(digest /dev/md0 4)" != "$head" ] || fail "not written after discard"
md_stop /dev/md0
rmdir "$nb"
