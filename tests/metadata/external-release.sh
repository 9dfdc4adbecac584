#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# External metadata: what a manager may do while writes wait for it to record a
# failure. It removes the member without "-blocked"; or its list of bad blocks is
# full, and it says so with "-external_bbl". Writes go on in both cases.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

write() { dd if=/dev/urandom of=/dev/md100 bs=4k count=1 seek="$1" oflag=direct status=none; }
ended() { ! kill -0 "$1" 2>/dev/null; }
no_slot() { [ "$(member_attr md100 /dev/mapper/b slot)" = none ]; }
start() {
	local member pid
	make_dm_member a "${DISK[0]}"
	make_dm_member b "${DISK[1]}"
	external_array md100 20480 2048 /dev/mapper/a /dev/mapper/b
	for member; do member_attr md100 "$member" state external_bbl; done
	md_attr md100 array_state clean
	md_attr md100 safe_mode_delay 0
	udevadm settle
	write 0 &
	pid=$!
	wait_for 60 array_is md100 write-pending
	md_attr md100 array_state active
	wait $pid
}
end() {
	md_attr md100 array_state clear
	wait_for 60 array_gone md100
	udevadm settle
	wait_for 60 dmsetup remove a
	wait_for 60 dmsetup remove b
}

start
member_attr md100 /dev/mapper/b state faulty
member_is md100 /dev/mapper/b blocked || fail "not blocked"
write 1 &
writer=$!
# Others' reads are answered before it is, so it isn't just late
dd if=/dev/md100 of=/dev/null bs=4k count=200 iflag=direct status=none
kill -0 $writer || fail "acknowledged before the failure was recorded"
member_attr md100 /dev/mapper/b state remove &
remover=$!
wait_for 60 ended $remover
wait $remover
wait $writer
end

start /dev/mapper/a /dev/mapper/b
dm_set_error b write 4096 8
write $(((4096 - 2048) / 8)) &
writer=$!
unacked() { [ "$(member_attr md100 /dev/mapper/b unacknowledged_bad_blocks)" = "4096 8" ]; }
wait_for 60 unacked
dd if=/dev/md100 of=/dev/null bs=4k count=200 iflag=direct status=none
kill -0 $writer || fail "acknowledged before the bad block was recorded"
must_fail member_attr md100 /dev/mapper/b state external_bbl 2>/dev/null
member_attr md100 /dev/mapper/b state -external_bbl
member_is md100 /dev/mapper/b faulty || fail "neither a bad block nor failed"
kill -0 $writer || fail "acknowledged before the failure was recorded"
member_attr md100 /dev/mapper/b state -blocked
wait_for 60 ended $writer
wait $writer
wait_for 60 no_slot
end
