#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Check counts what differs and changes nothing; repair makes it equal.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

md_create /dev/md0 --level=1 --raid-devices=3 --metadata=1.0 --size=40M \
	--assume-clean "${DISK[@]:0:3}"
fill /dev/md0
before=$(digest /dev/md0)
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
md_stop /dev/md0

# One sector in the last member, a run across two units in the second
dd if=/dev/urandom of="${DISK[2]}" bs=512 seek=77 count=1 oflag=direct status=none
dd if=/dev/urandom of="${DISK[1]}" bs=512 seek=4088 count=16 oflag=direct status=none
md_assemble /dev/md0 "${DISK[@]:0:3}"
md_attr /dev/md0 array_state active 2>/dev/null || mdadm --readwrite /dev/md0
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
found=$(md_attr /dev/md0 mismatch_cnt)
[ "$DRIVER" != ours ] || expect 24 echo "$found"
[ "$found" -gt 0 ] || fail "check has found nothing"
expect check md_attr /dev/md0 last_sync_action

md_attr /dev/md0 sync_action repair
wait_sync /dev/md0
expect "$found" md_attr /dev/md0 mismatch_cnt
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
md_stop /dev/md0
for i in 0 1 2; do
	expect "$before" digest "${DISK[i]}" 40
done
