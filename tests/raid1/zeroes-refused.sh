#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member turns out not to support write-zeroes when others have written them:
# copies stay equal, also for callers that don't fall back by themselves.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

zeroes_max() { cat "/sys/block/$(md_dev "$1")/queue/write_zeroes_max_bytes"; }

make_dm_member weak "${DISK[0]}"
[ "$(zeroes_max /dev/mapper/weak)" != 0 ] || skip "disks have no write-zeroes"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=8M \
	--assume-clean /dev/mapper/weak "${DISK[1]}"
fill /dev/md0
[ "$(zeroes_max /dev/md0)" != 0 ] || fail "the array has no write-zeroes"

# The same disk by a target that has none; the array doesn't notice
modprobe dm-delay
echo "0 $(sectors_of "${DISK[0]}") delay ${DISK[0]} 0 0" | dm_table weak
[ "$(zeroes_max /dev/mapper/weak)" = 0 ] || skip "dm-delay has write-zeroes"

fallocate --punch-hole -o 1M -l 2M /dev/md0
expect 0 zeroes_max /dev/md0
expect 0 md_attr /dev/md0 degraded
expect "" bad_ranges /dev/md0 /dev/mapper/weak
for i in 1 2; do
	expect "$(head -c 1M /dev/zero | sha256sum)" \
		eval "dd if=/dev/md0 bs=1M skip=$i count=1 iflag=direct status=none | sha256sum"
done
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
md_stop /dev/md0
