#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# External metadata by hand, as mdmon does it: assembly through sysfs, the first
# write waits for "active", a failed member is blocked and completions are held
# until "-blocked", two arrays share a member, parts of which can't overlap.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

no_slot() { [ "$(member_attr md100 /dev/mapper/b slot)" = none ]; }

make_dm_member a "${DISK[0]}"
make_dm_member b "${DISK[1]}"
external_array md100 20480 2048 /dev/mapper/a /dev/mapper/b
external_array md101 20480 65536 /dev/mapper/a /dev/mapper/b
expect external:test md_attr md100 metadata_version
# md101 holds 65536..106496 of both
must_fail member_attr md100 /dev/mapper/a size 40000 2>/dev/null
must_fail member_attr md100 /dev/mapper/a offset 4096 2>/dev/null
md_attr md101 array_state clear
wait_for 60 array_gone md101

head -c 16384 "${DISK[0]}" | sha256sum >/tmp/before
md_attr md100 array_state clean
# It isn't found idle before it was looked at
md_attr md100 safe_mode_delay 0
udevadm settle
expect 0 md_attr md100 degraded
expect none member_attr md100 /dev/mapper/a recovery_start

dd if=/dev/zero of=/dev/md100 bs=4k count=1 oflag=direct status=none &
pid=$!
wait_for 60 array_is md100 write-pending
kill -0 $pid || fail "write done before metadata said so"
md_attr md100 array_state active
wait $pid
expect active md_state md100

dm_set_error b write
dd if=/dev/urandom of=/dev/md100 bs=4k count=1 oflag=direct status=none &
pid=$!
wait_for 60 member_is md100 /dev/mapper/b blocked
member_is md100 /dev/mapper/b faulty || fail "not faulty"
# It isn't just late: reads are answered meanwhile
dd if=/dev/md100 of=/dev/null bs=4k count=200 iflag=direct status=none
kill -0 $pid || fail "acknowledged while b is blocked"
member_attr md100 /dev/mapper/b state -blocked
wait $pid
wait_for 60 no_slot
member_attr md100 /dev/mapper/b state remove
[ ! -e /sys/block/md100/md/dev-dm-1 ] || fail "still there"

# Spare: userland gives it the slot, the kernel rebuilds it
dm_clear_error b
md_attr md100 new_dev "$(dev_no /dev/mapper/b)"
member_attr md100 /dev/mapper/b offset 2048
member_attr md100 /dev/mapper/b size 20480
expect none member_attr md100 /dev/mapper/b slot
member_attr md100 /dev/mapper/b slot 1
md_attr md100 sync_action recover
wait_for 60 degraded_is md100 0
cmp <(dd if="${DISK[0]}" bs=1M skip=1 count=20 iflag=direct status=none) \
	<(dd if="${DISK[1]}" bs=1M skip=1 count=20 iflag=direct status=none)
md_attr md100 array_state inactive
md_attr md100 array_state clear
# Nothing of ours was written in front of the data
head -c 16384 "${DISK[0]}" | sha256sum | cmp - /tmp/before
