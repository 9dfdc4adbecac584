#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An array is dirty from its first write until it has been idle for
# safe_mode_delay, and the superblocks say so.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
mdctl=$(dirname "$0")/mdctl.py
need_disks 2

write() { dd if=/dev/zero of=/dev/md0 bs=4k count=1 oflag=direct status=none; }
on_disk() { mdadm --examine "${DISK[0]}" | sed -n 's/^ *State : \([a-z]*\).*/\1/p'; }
on_disk_is() { [ "$(on_disk)" = "$1" ]; }

md_create /dev/md0 --level=1 --raid-devices=2 --size=32M --bitmap=none --assume-clean "${DISK[@]:0:2}"
md_attr /dev/md0 safe_mode_delay 0
expect 0.000 md_attr /dev/md0 safe_mode_delay
write
expect active md_state /dev/md0
expect active on_disk
# "clean" by hand
md_attr /dev/md0 array_state clean
expect clean md_state /dev/md0
wait_for 60 on_disk_is clean
# and never by itself without a delay
write
expect active md_state /dev/md0
md_attr /dev/md0 safe_mode_delay 0.05
wait_for 60 array_is /dev/md0 clean
wait_for 60 on_disk_is clean
write
wait_for 60 array_is /dev/md0 clean

for delay in 1 0.5 .25 5. 0.200; do
	expect ok "$mdctl" write /sys/block/md0/md/safe_mode_delay $delay
done
expect 0.200 md_attr /dev/md0 safe_mode_delay
for delay in 1e3 "0.2x" 100000 . -1; do
	expect EINVAL "$mdctl" write /sys/block/md0/md/safe_mode_delay $delay
done
# Stopping makes it clean in any case
md_attr /dev/md0 safe_mode_delay 0
write
md_stop /dev/md0
expect clean on_disk
