#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Queue limits are written to while members come and go under load: I/O and the
# member changes go on.
# debug: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M --assume-clean "${DISK[@]:0:2}"
touch /tmp/go
writer() {
	while [ -e /tmp/go ]; do
		dd if=/dev/zero of=/dev/md0 bs=64k count=64 oflag=direct status=none
	done
}
limiter() {
	while [ -e /tmp/go ]; do
		echo 128 >/sys/block/md0/queue/max_sectors_kb
		echo 64 >/sys/block/md0/queue/max_sectors_kb
	done
}
pids=()
for job in writer writer limiter; do
	$job &
	pids+=($!)
done
in_slot() { [ "$(member_attr /dev/md0 "$1" slot)" = "$2" ]; }
for _ in {1..12}; do
	mdadm --quiet /dev/md0 --fail "${DISK[1]}"
	wait_for 60 in_slot "${DISK[1]}" none
	md_remove /dev/md0 "${DISK[1]}"
	mdadm --quiet /dev/md0 --add "${DISK[1]}"
	wait_for 60 in_slot "${DISK[1]}" 1
done
rm /tmp/go
wait "${pids[@]}"
wait_recovered /dev/md0

# What was set stays when members change
echo 32 >/sys/block/md0/queue/max_sectors_kb
echo 0 >/sys/block/md0/queue/iostats
mdadm --quiet /dev/md0 --fail "${DISK[1]}"
wait_for 60 in_slot "${DISK[1]}" none
md_remove /dev/md0 "${DISK[1]}"
mdadm --quiet /dev/md0 --add "${DISK[1]}"
wait_recovered /dev/md0
expect 32 cat /sys/block/md0/queue/max_sectors_kb
expect 0 cat /sys/block/md0/queue/iostats
md_stop /dev/md0
