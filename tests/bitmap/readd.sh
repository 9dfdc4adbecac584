#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member that comes back gets what it lacks, however long it was away, and
# nothing else; when the bitmap can't tell, it gets everything.
# debug: yes
# timeout: 400
. "$(dirname "$0")/common.sh"
need_disks 3

leave() {
	mdadm -q /dev/md0 --fail "$1"
	md_remove /dev/md0 "$1"
}
put() { dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek="$1" oflag=direct,dsync status=none; }
# back MEMBER LIMIT: re-add it; at most LIMIT sectors are written to it
back() {
	local before
	before=$(sectors_written "$1")
	mdadm -q /dev/md0 --re-add "$1"
	wait_recovered /dev/md0
	echo "# $1: $(($(sectors_written "$1") - before)) sectors written"
	[ $(($(sectors_written "$1") - before)) -lt "$2" ]
	same /dev/md0
}

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=64M \
	--bitmap=internal --bitmap-chunk=1M --assume-clean --delay=1 "${DISK[@]:0:2}"
fill /dev/md0
wait_for 60 bits_cleared

echo "# while the array runs"
leave "${DISK[1]}"
for at in 1 200 900; do put $at; done
back "${DISK[1]}" 12000

echo "# after a stop, and idle for longer than bits live"
leave "${DISK[1]}"
put 300
expect false md_attr /dev/md0 bitmap/can_clear
md_stop /dev/md0
md_assemble /dev/md0 --run "${DISK[0]}"
put 301
md_attr /dev/md0 bitmap/time_base 0.1
put 700
gone() { ! grep -q 'bitmap: 0/' /proc/mdstat; }
wait_for 60 gone
back "${DISK[1]}" 12000
wait_for 60 bits_cleared

echo "# through the member's state"
mdadm -q /dev/md0 --fail "${DISK[1]}"
put 10
slotless() { [ "$(member_attr /dev/md0 "${DISK[1]}" slot)" = none ]; }
wait_for 60 slotless
before=$(sectors_written "${DISK[1]}")
member_attr /dev/md0 "${DISK[1]}" state re-add
wait_recovered /dev/md0
[ $(($(sectors_written "${DISK[1]}") - before)) -lt 12000 ]
same /dev/md0

echo "# after another one has taken its place and bits were cleared"
leave "${DISK[1]}"
put 20
mdadm -q /dev/md0 --add "${DISK[2]}"
wait_recovered /dev/md0
wait_for 60 bits_cleared
leave "${DISK[2]}"
put 40
must_fail mdadm -q /dev/md0 --re-add "${DISK[1]}"
mdadm -q /dev/md0 --add "${DISK[1]}"
wait_recovered /dev/md0
same /dev/md0
md_stop /dev/md0
