#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A write that a failed member missed is not acknowledged before the failure is on
# stable metadata: here the superblock's place on the other member stalls, the
# data's doesn't.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

# on_b BLOCK: the data of that number is where it belongs
on_b() {
	dd if="${DISK[1]}" bs=512 skip=$((offset + $1 * 8)) count=8 iflag=direct \
		status=none | cmp -s - /tmp/data
}

make_dm_member a "${DISK[0]}"
make_split_member b "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M /dev/mapper/a /dev/mapper/b
wait_sync /dev/md0
md_attr /dev/md0 safe_mode_delay 0
offset=$(member_attr /dev/md0 /dev/mapper/b offset)
dd if=/dev/zero of=/dev/md0 bs=4k count=1 oflag=direct status=none

dmsetup suspend --nolockfs --noflush b-sb
dm_set_error a write
random_stream held 4096 >/tmp/data
dd if=/tmp/data of=/dev/md0 bs=4k seek=100 oflag=direct status=none &
pid=$!
wait_for 60 member_is /dev/md0 /dev/mapper/a faulty
wait_for 60 on_b 100
# Data is where it belongs, and yet: nothing may tell dd so. A second write, and
# reads that are answered meanwhile, prove that it isn't just late.
dd if=/tmp/data of=/dev/md0 bs=4k seek=101 count=1 oflag=direct status=none &
pid2=$!
wait_for 60 on_b 101
dd if=/dev/md0 of=/dev/null bs=4k count=200 iflag=direct status=none
kill -0 $pid || fail "acknowledged before the failure was recorded"
kill -0 $pid2 || fail "a later write was acknowledged"
dmsetup resume b-sb
wait $pid
wait $pid2
mdadm --examine /dev/mapper/b | grep -q 'Array State : \.A\|Array State : A\.' ||
	fail "failure is not recorded"
dm_clear_error a
md_stop /dev/md0
