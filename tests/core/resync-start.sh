#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# resync_start of a running array can be written while its sync is frozen, and what
# it asks for is done as soon as that ends.
. "$(dirname "$0")/../lib/rc.sh"
mdctl=$(dirname "$0")/mdctl.py
need_disks 2

resynced() { [ "$(md_attr /dev/md0 resync_start)" = none ] && sync_idle /dev/md0; }
# differ: one member gets other data where the array has zeroes
differ() {
	head -c 65536 /dev/zero | tr '\0' '\125' | dd of="${DISK[1]}" bs=64k \
		seek=$(((offset << 9) + (6 << 20))) oflag=direct,seek_bytes conv=notrunc status=none
}

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=8M --assume-clean "${DISK[@]:0:2}"
dd if=/dev/zero of=/dev/md0 bs=1M count=8 oflag=direct status=none
offset=$(member_attr /dev/md0 "${DISK[1]}" offset)
expect EBUSY "$mdctl" write /sys/block/md0/md/resync_start 0

for word in idle resync; do
	differ
	md_attr /dev/md0 sync_action frozen
	md_attr /dev/md0 resync_start 8192
	grep -q resync=PENDING /proc/mdstat || fail "no resync is pending"
	md_attr /dev/md0 sync_action $word
	wait_for 120 resynced /dev/md0
	expect resync md_attr /dev/md0 last_sync_action
	md_attr /dev/md0 sync_action check
	wait_sync /dev/md0
	expect 0 md_attr /dev/md0 mismatch_cnt
done
! grep -q PENDING /proc/mdstat || fail "still pending"
md_stop /dev/md0
