#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Opening a number may make an empty device at any time, as udev's mdadm does with
# a name that was just stopped: new_array makes it the array that is wanted.
. "$(dirname "$0")/../lib/rc.sh"
new_array() { echo "$1" >/sys/module/md_mod/parameters/new_array; }

echo 1 >/sys/module/md_mod/parameters/create_on_open
mknod /tmp/node b 9 70
exec 7<>/tmp/node
[ -d /sys/block/md70/md ] || fail "the open created nothing"
new_array md70 || fail "new_array was refused"
"$(dirname "$0")/mdctl.py" ioctl /tmp/node GET_ARRAY_INFO | grep -q ENODEV
exec 7<&-
udevadm settle
[ -d /sys/block/md70/md ] || fail "it went with who had it open first"
new_array md70 2>/dev/null && fail "created twice"

# Nor is one taken over that somebody has begun to set up
md_attr md70 array_state clear
wait_for 60 test ! -d /sys/block/md70
exec 7<>/tmp/node
echo 1.2 >/sys/block/md70/md/metadata_version
echo 1 >/sys/block/md70/md/level
echo 2 >/sys/block/md70/md/raid_disks
new_array md70 2>/dev/null && fail "an array with disks was taken over"
exec 7<&-
md_attr md70 array_state clear
wait_for 60 test ! -d /sys/block/md70
for ((i = 0; i < 50; i++)); do
	new_array md70 || fail "round $i: not free at once"
	md_attr md70 array_state clear
done
wait_for 60 test ! -d /sys/block/md70
