#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A bitmap's place: nothing that overlaps data, superblock or the device's end is
# taken, and data doesn't grow over it.
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=40M \
	--bitmap=none --assume-clean "${DISK[@]:0:2}"
fill /dev/md0
want=$(digest /dev/md0)
data=$(member_attr /dev/md0 "${DISK[0]}" offset)
end=$(sectors_of "${DISK[0]}")
for at in 0 -9 -4294967296 $((data - 8)) $((data + 81920 - 9)) $((end - 8)) \
	99999999999 +-3 x; do
	must_fail md_attr /dev/md0 bitmap/location "$at" 2>/dev/null
	expect none md_attr /dev/md0 bitmap/location
done
md_attr /dev/md0 bitmap/location +$((data + 81920 + 2048 - 8))
md_attr /dev/md0 bitmap/time_base 0.2
wait_for 60 bits_cleared
must_fail mdadm -q --grow /dev/md0 --size=44M
# As far as there is room
mdadm -q --grow /dev/md0 --size=max
expect $((41 << 10)) md_attr /dev/md0 component_size
wait_for 120 resynced /dev/md0
dd if=/dev/urandom of=/dev/md0 bs=1M seek=40 count=1 oflag=direct status=none
same /dev/md0
md_stop /dev/md0
md_assemble /dev/md0 "${DISK[@]:0:2}"
expect 40 sh -c 'echo $(($(cat /sys/block/md0/size) / 2048 - 1))'
[ "$(digest /dev/md0 40)" = "$want" ]
md_stop /dev/md0
