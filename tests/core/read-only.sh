#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Read-only, auto-read-only and back: who may write, what is recorded, when a
# resync may begin.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
mdctl=$(dirname "$0")/mdctl.py
need_disks 2

write() { dd if=/dev/zero of=/dev/md0 bs=4k count=1 oflag=direct status=none; }
events() { mdadm --examine "${DISK[0]}" | sed -n 's/^ *Events : //p'; }
md=/sys/block/md0/md

# No sync gets anywhere until the test has seen it
limits=/proc/sys/dev/raid
speeds=$(cat $limits/speed_limit_min $limits/speed_limit_max)
restore_speed() {
	echo "${speeds%$'\n'*}" >$limits/speed_limit_min
	echo "${speeds#*$'\n'}" >$limits/speed_limit_max
}
echo 1 >$limits/speed_limit_min
echo 1 >$limits/speed_limit_max

md_create /dev/md0 --level=1 --raid-devices=2 --size=32M --bitmap=none "${DISK[@]:0:2}"
md_attr /dev/md0 sync_action frozen
md_stop /dev/md0
before=$(events)

# Assembled: nothing is written until somebody writes
echo 1 >/sys/module/md_mod/parameters/start_ro
md_assemble /dev/md0 "${DISK[@]:0:2}"
expect read-auto md_state /dev/md0
grep -q 'resync=PENDING' /proc/mdstat || fail "resync isn't pending"
expect idle md_attr /dev/md0 sync_action
expect 0 cat /sys/block/md0/ro
expect "$before" events
restore_speed
write
array_is /dev/md0 read-auto && fail "still auto-read-only after a write"
wait_sync /dev/md0
expect none md_attr /dev/md0 resync_start
wait_for 60 array_is /dev/md0 clean

wait_for 60 mdadm --quiet --readonly /dev/md0	# udev may have it open
expect readonly md_state /dev/md0
expect 1 cat /sys/block/md0/ro
must_fail write 2>/dev/null
expect ENXIO "$mdctl" write $md/array_state readonly
before=$(events)
expect EROFS "$mdctl" write $md/raid_disks 3
expect EROFS "$mdctl" write $md/component_size 16384
expect EROFS "$mdctl" write $md/level raid5
expect "$before" events

for way in active clean read-auto; do
	md_attr /dev/md0 array_state $way
	expect 0 cat /sys/block/md0/ro
	write
	wait_for 60 array_is /dev/md0 clean
	exec 5</dev/md0
	expect EBUSY "$mdctl" write $md/array_state readonly
	exec 5<&-
	md_attr /dev/md0 array_state readonly
done
mdadm --quiet --readwrite /dev/md0
write
# While it is mounted or open, "readonly" and "inactive" are refused
exec 5</dev/md0
expect EBUSY "$mdctl" write $md/array_state inactive
expect EBUSY "$mdctl" write $md/array_state clear
exec 5<&-
md_stop /dev/md0
