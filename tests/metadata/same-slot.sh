#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A copy of a member (dd of a whole disk) and a member of another array don't get
# into an array: one of the twins is used, the foreign one refused.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 5


for i in 0 3; do
	md_create /dev/md$((i / 3)) --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
		--size=16M "${DISK[@]:i:2}"
done
wait_sync /dev/md0
wait_sync /dev/md1
fill /dev/md0 4
before=$(digest /dev/md0 4)
md_stop /dev/md0 /dev/md1
wait_for 60 array_gone md0
dd if="${DISK[1]}" of="${DISK[2]}" bs=1M oflag=direct status=none

echo md0 >/sys/module/md_mod/parameters/new_array
md_attr md0 metadata_version 1.2
for i in 0 1 2; do
	md_attr md0 new_dev "$(dev_no "${DISK[i]}")"
done
must_fail md_attr md0 new_dev "$(dev_no "${DISK[3]}")" 2>/dev/null
must_fail md_attr md0 new_dev "$(dev_no "${DISK[0]}")" 2>/dev/null
md_attr md0 array_state read-auto
expect 0 md_attr md0 degraded
n=0
for d in /sys/block/md0/md/dev-*; do n=$((n + 1)); done
[ $n = 2 ] || fail "$n members instead of 2"
expect "$before" digest /dev/md0 4
md_attr md0 array_state clear
