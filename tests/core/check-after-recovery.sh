#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A check that was asked for while a spare waits to be rebuilt comes after that.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=8M "${DISK[0]}" missing
md_attr /dev/md0 sync_action frozen
mdadm --quiet /dev/md0 --add "${DISK[1]}"
md_attr /dev/md0 sync_action check
checked() { [ "$(md_attr /dev/md0 last_sync_action)" = check ] && recovered /dev/md0; }
wait_for 60 checked
expect 0 md_attr /dev/md0 mismatch_cnt
md_stop /dev/md0
