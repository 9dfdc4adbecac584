#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A check or repair that is asked for while a resync is pending comes after that:
# nothing of the resync is forgotten, and what the check counts is no difference
# that was known already. sync_action says what runs.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

ended() { [ "$(md_attr /dev/md0 last_sync_action)" = "$1" ] && sync_idle /dev/md0; }

for word in check repair; do
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
		--size=8M "${DISK[@]:0:2}"
	md_attr /dev/md0 sync_action frozen
	md_attr /dev/md0 resync_start 4096
	offset=$(member_attr /dev/md0 "${DISK[1]}" offset)
	head -c 65536 /dev/urandom | dd of="${DISK[1]}" bs=64k oflag=direct,seek_bytes \
		seek=$(((offset << 9) + (6 << 20))) conv=notrunc status=none
	md_attr /dev/md0 sync_max 8192
	md_attr /dev/md0 sync_action $word
	# Half way through
	expect resync md_attr /dev/md0 sync_action
	wait_for 60 grep -q 'resync = ' /proc/mdstat
	md_attr /dev/md0 sync_max max
	wait_for 60 ended $word
	expect none md_attr /dev/md0 resync_start
	expect 0 md_attr /dev/md0 mismatch_cnt
	md_stop /dev/md0
done
