#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Everything that suspends I/O, from several tasks at once, interrupted by signals,
# on an array that is written to and that is stopped and assembled again and again.
# Documentation/races.md, 3.
# debug: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 4

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=internal \
	--size=32M --assume-clean "${DISK[@]:0:2}"
mdadm --quiet /dev/md0 --add-spare "${DISK[2]}"
python3 "$(dirname "$0")/suspend-callers.py" 25 "${DISK[@]:0:3}" ||
	fail "see above"

# All that was done left an array that works, and members that are equal
wait_sync /dev/md0
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
fill /dev/md0 4
md_stop /dev/md0
