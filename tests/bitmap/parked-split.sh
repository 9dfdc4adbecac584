#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two writes wait for their bits; the first has to be split, as a member has bad blocks
# in the middle of it; and somebody suspends the array meanwhile: all three end.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

sleeps() { grep -q '^State:.D' "/proc/$1/status"; }
suspends() { grep -q suspend "/proc/$1/stack"; }
ended() { ! kill -0 "$1" 2>/dev/null; }
write() { exec dd if=/tmp/data of=/dev/md0 bs="$1" count=1 seek="$2" oflag=direct status=none; }

make_split_member b "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=internal \
	--bitmap-chunk=64K --assume-clean --size=64M "${DISK[0]}" /dev/mapper/b
md_attr /dev/md0 safe_mode_delay 0
dd if=/dev/zero of=/dev/md0 bs=4k count=1 oflag=direct status=none
offset=$(member_attr /dev/md0 /dev/mapper/b offset)
random_stream data 65536 >/tmp/data
# 4 KiB in the middle of the first write
member_attr /dev/md0 /dev/mapper/b bad_blocks "$((offset + 20 * 2048 + 8)) 8"
member_attr /dev/md0 /dev/mapper/b state write_error

dmsetup suspend --nolockfs --noflush b-sb
write 16k 1280 &
first=$!
wait_for 60 sleeps $first
write 4k 10240 &
second=$!
wait_for 60 sleeps $second
member_attr /dev/md0 "${DISK[0]}" state -writemostly &	# suspends
other=$!
wait_for 60 suspends $other
dmsetup resume b-sb
for pid in $first $second $other; do
	wait_for 60 ended $pid
	wait $pid
done
dd if=/dev/md0 bs=16k count=1 skip=1280 iflag=direct status=none | cmp - <(head -c 16384 /tmp/data)
dd if=/dev/md0 bs=4k count=1 skip=10240 iflag=direct status=none | cmp - <(head -c 4096 /tmp/data)
md_stop /dev/md0
