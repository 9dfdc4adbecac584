#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member fails in the middle of a resync of three: the spare takes its place at
# once, not when the resync is over, which may take hours.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 4

slot_is() { [ "$(member_attr /dev/md0 "$1" slot)" = "$2" ]; }
running() { [ "$(md_attr /dev/md0 sync_action)" = resync ]; }

# No resync ends by itself
echo 50 >/proc/sys/dev/raid/speed_limit_min
echo 50 >/proc/sys/dev/raid/speed_limit_max
for ((round = 0; round < 5; round++)); do
	md_create /dev/md0 --level=1 --raid-devices=3 --spare-devices=1 --size=64M \
		--bitmap=none "${DISK[@]:0:4}"
	wait_for 60 running
	spare=${DISK[3]} failed=${DISK[1]}
	slot_is "$spare" none || fail "the spare has slot $(member_attr /dev/md0 "$spare" slot)"
	mdadm --quiet /dev/md0 --fail "$failed"
	wait_for 60 slot_is "$spare" 1
	wait_for 60 slot_is "$failed" none
	md_stop /dev/md0
	mdadm --quiet --zero-superblock "${DISK[@]:0:4}"
done
