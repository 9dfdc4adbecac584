#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# External metadata, kept by hand through sysfs as mdmon does it: no write before
# "active" was written, no "clean" behind its back, failures wait for "-blocked".
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
md=/sys/block/md0/md
need_disks 2
need_command pgrep

echo 0 >/sys/module/md_mod/parameters/start_ro
external_array /dev/md0 32768 0 "${DISK[@]:0:2}"
echo none >$md/resync_start
echo 0.1 >$md/safe_mode_delay
expect inactive md_state /dev/md0
echo active >$md/array_state
expect clean md_state /dev/md0
expect external:test cat $md/metadata_version
grep -q '32768 blocks super external:test \[2/2\] \[UU\]' /proc/mdstat || fail "$(cat /proc/mdstat)"

write() { dd if=/dev/urandom of=/dev/md0 bs=4k count=1 seek="$1" oflag=direct status=none; }
# Does a shell's child wait in the kernel?
asleep() { pgrep -P "$1" --runstates D,I >/dev/null; }

before=$(digest "${DISK[0]}" 1)
write 1 &
writer=$!
wait_for 60 array_is /dev/md0 write-pending
wait_for 60 asleep $writer
expect "$before" digest "${DISK[0]}" 1
# It must get through even while somebody waits to configure the array
echo 8 >$md/suspend_hi &
configurer=$!
expect 0 cat $md/suspend_hi
echo active >$md/array_state
wait $writer
wait $configurer
echo 0 >$md/suspend_hi
[ "$(digest "${DISK[0]}" 1)" != "$before" ] || fail "the write got lost"

# Idle: userland may say "clean", the next write asks again
wait_for 60 array_is /dev/md0 active-idle
echo clean >$md/array_state
expect clean md_state /dev/md0
write 2 &
writer=$!
wait_for 60 array_is /dev/md0 write-pending
echo active >$md/array_state
wait $writer

# A failure holds writes until it is recorded
member_attr /dev/md0 "${DISK[1]}" state faulty
member_is /dev/md0 "${DISK[1]}" blocked || fail "$(member_attr /dev/md0 "${DISK[1]}" state)"
write 3 &
writer=$!
wait_for 60 asleep $writer
member_attr /dev/md0 "${DISK[1]}" state -blocked
wait $writer
wait_for 60 degraded_is /dev/md0 1
member_attr /dev/md0 "${DISK[1]}" state remove
md_attr /dev/md0 array_state clear
wait_for 60 array_gone /dev/md0
