#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member that comes back gets all of a bitmap of several pages, not only what is
# written from then on.
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=64M \
	--bitmap=none --assume-clean "${DISK[@]:0:2}"
md_attr /dev/md0 bitmap/chunksize 1024
md_attr /dev/md0 bitmap/time_base 0.2
# Behind the bad-block log there is room for all of them
md_attr /dev/md0 bitmap/location +64
wait_for 60 bits_cleared
expect 65536 bits "${DISK[0]}"
wait_for 60 dirty_is "${DISK[1]}" 0
md_attr /dev/md0 bitmap/time_base 60

mdadm -q /dev/md0 --fail "${DISK[1]}"
slotless() { [ "$(member_attr /dev/md0 "${DISK[1]}" slot)" = none ]; }
wait_for 60 slotless
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=1000 oflag=direct,dsync status=none
expect 64 dirty "${DISK[0]}"
member_attr /dev/md0 "${DISK[1]}" state re-add
wait_recovered /dev/md0
member_is /dev/md0 "${DISK[1]}" in_sync
expect "$(dirty "${DISK[0]}")" dirty "${DISK[1]}"
expect 64 dirty "${DISK[1]}"
same /dev/md0
md_stop /dev/md0
