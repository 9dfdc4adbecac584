#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "check" and "idle" in turn while files are written with fsync, on arrays that keep
# going clean and dirty: one that writes its superblocks, one whose metadata is
# written by userland. Documentation/races.md, 1.
# debug: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 4

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=internal \
	--size=48M --assume-clean "${DISK[@]:0:2}"

echo 0 >/sys/module/md_mod/parameters/start_ro
external_array /dev/md1 49152 0 "${DISK[@]:2:2}"
md_attr /dev/md1 resync_start none
md_attr /dev/md1 array_state active

for i in 0 1; do
	md_attr /dev/md$i safe_mode_delay 0.02
	# A check takes a while, so that "idle" finds it
	md_attr /dev/md$i sync_speed_max 8000
done
python3 "$(dirname "$0")/check-idle.py" 20 ||
	fail "see above"
for i in 0 1; do
	wait_sync /dev/md$i
	expect 0 md_attr /dev/md$i mismatch_cnt
done
md_stop /dev/md0
md_attr /dev/md1 array_state clear
wait_for 60 array_gone /dev/md1
