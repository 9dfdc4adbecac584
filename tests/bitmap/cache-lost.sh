#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member loses power, and with it what its cache had; the array learns of that from
# a flush before bits are cleared. Back again it gets what it lost.
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2
dm_members 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=40M \
	--bitmap=internal --bitmap-chunk=1M --assume-clean "${MEMBERS[@]}"
md_attr /dev/md0 safe_mode_delay 0
fill /dev/md0
md_attr /dev/md0 bitmap/time_base 0.2
wait_for 60 bits_cleared
wait_for 60 dirty_is "${DISK[1]}" 0
md_attr /dev/md0 bitmap/time_base 60

lose_writes 0 1
for at in 100 300; do
	dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=$at oflag=direct status=none
done
dm_set_error m1 write
md_attr /dev/md0 bitmap/time_base 0.2
wait_for 60 degraded_is /dev/md0 1
md_remove /dev/md0 "${MEMBERS[1]}"
expect 2 dirty "${DISK[0]}"

dm_clear_error m1
before=$(sectors_written "${DISK[1]}")
mdadm -q /dev/md0 --re-add "${MEMBERS[1]}"
wait_recovered /dev/md0
[ $(($(sectors_written "${DISK[1]}") - before)) -lt 12000 ]
same /dev/md0
wait_for 60 bits_cleared
md_stop /dev/md0
