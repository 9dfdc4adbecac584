#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each of three members is failed, removed and added again in turn: the array
# always has its data, and so has every member in the end.
# debug: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

md_create /dev/md0 --level=1 --raid-devices=3 --metadata=1.0 --size=24M \
	--assume-clean "${DISK[@]:0:3}"
for i in 0 1 2; do
	mdadm --quiet --fail /dev/md0 "${DISK[i]}"
	expect 1 md_attr /dev/md0 degraded
	grep -q '\[3/2\]' /proc/mdstat || fail "mdstat doesn't say 3/2"
	dd if=<(random_stream "$i" $((8 << 20))) of=/dev/md0 bs=1M seek=$((8 * i)) \
		oflag=direct iflag=fullblock conv=fsync status=none
	before=$(digest /dev/md0)
	md_remove /dev/md0 "${DISK[i]}"
	expect "$before" digest /dev/md0
	mdadm --quiet --add /dev/md0 "${DISK[i]}"
	wait_recovered /dev/md0
	expect "$before" digest /dev/md0
done
grep -q '\[3/3\] \[UUU\]' /proc/mdstat || fail "mdstat doesn't say 3/3"
md_stop /dev/md0
for i in 0 1 2; do
	expect "$before" digest "${DISK[i]}" 24
done
