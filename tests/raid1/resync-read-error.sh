#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sectors that the first member can't read during resync come from the other one.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

for d in "${DISK[@]:0:2}"; do
	random_stream "$d" $((16 << 20)) | dd of="$d" bs=1M iflag=fullblock \
		oflag=direct status=none
done
make_dm_member weak "${DISK[0]}"
dm_set_error weak all 8000 32
lost() { dd if="$1" bs=512 skip=8000 count=32 iflag=direct status=none | sha256sum; }
good=$(lost "${DISK[1]}")
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=16M \
	/dev/mapper/weak "${DISK[1]}"
wait_sync /dev/md0
expect none md_attr /dev/md0 resync_start
expect 0 md_attr /dev/md0 degraded
expect "8000 32" bad_ranges /dev/md0 /dev/mapper/weak
expect "$good" lost /dev/md0
dm_clear_error weak
member_attr /dev/md0 /dev/mapper/weak state -write_error
md_attr /dev/md0 sync_action repair
wait_sync /dev/md0
expect "" bad_ranges /dev/md0 /dev/mapper/weak
whole=$(digest /dev/md0)
md_stop /dev/md0
expect "$whole" digest /dev/mapper/weak 16
expect "$whole" digest "${DISK[1]}" 16
