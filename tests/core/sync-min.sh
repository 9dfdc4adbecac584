#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An interrupted check leaves its place in sync_min, where the next one goes on; one
# that reaches the end resets it.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

stopped_at() { [[ $(md_attr /dev/md0 sync_completed) == "$1 /"* ]]; }

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --bitmap=none \
	--size=40M "${DISK[@]:0:2}"
wait_sync /dev/md0
expect 0 md_attr /dev/md0 sync_min
md_stop /dev/md0
# One difference in front of the place, one behind it
for sector in 1000 40000; do
	dd if=/dev/urandom of="${DISK[1]}" bs=512 seek=$sector count=8 oflag=direct status=none
done
md_assemble /dev/md0 "${DISK[@]:0:2}"
[ "$(md_state /dev/md0)" = clean ] || mdadm --quiet --readwrite /dev/md0

for how in idle frozen; do
	md_attr /dev/md0 sync_min 0
	md_attr /dev/md0 sync_max 20480
	md_attr /dev/md0 sync_action check
	wait_for 60 stopped_at 20480
	md_attr /dev/md0 sync_action $how
	expect 20480 md_attr /dev/md0 sync_min
done
md_attr /dev/md0 sync_action idle
md_attr /dev/md0 sync_max 81920		# the end
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
found=$(md_attr /dev/md0 mismatch_cnt)
expect 0 md_attr /dev/md0 sync_min
expect max md_attr /dev/md0 sync_max
# From the start it finds both
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
[ "$(md_attr /dev/md0 mismatch_cnt)" -gt "$found" ] || fail "did not go on at sync_min"
[ "$found" -gt 0 ] || fail "nothing found behind sync_min"
md_stop /dev/md0
