#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member that fails a flush is out: nobody knows what it has lost.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member weak "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --assume-clean \
	/dev/mapper/weak "${DISK[1]}"
fill /dev/md0 1
# Data sectors at the start only, but flushes fail, too
dm_set_error weak write 0 8
sync_it() { python3 -c 'import os, sys
os.fsync(os.open(sys.argv[1], os.O_RDWR))' /dev/md0; }
if grep -q 'write back' "/sys/block/$(md_dev /dev/mapper/weak)/queue/write_cache"; then
	sync_it
	wait_for 60 member_is /dev/md0 /dev/mapper/weak faulty
	sync_it
else
	skip "the disks have no cache to be flushed"
fi
expect 1 md_attr /dev/md0 degraded
md_stop /dev/md0
