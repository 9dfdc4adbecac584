#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# More of the members is used, and what is new gets in sync; and back.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

for d in "${DISK[@]:0:2}"; do
	random_stream "$d" $((64 << 20)) | dd of="$d" bs=1M iflag=fullblock \
		oflag=direct status=none
done
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=16M "${DISK[@]:0:2}"
wait_sync /dev/md0
fill /dev/md0 16
before=$(digest /dev/md0 16)
mdadm --quiet --grow /dev/md0 --size=48M
expect $((48 << 20)) blockdev --getsize64 /dev/md0
wait_sync /dev/md0
expect "$before" digest /dev/md0 16
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt

md_attr /dev/md0 array_size $((16 << 10))
expect $((16 << 20)) blockdev --getsize64 /dev/md0
mdadm --quiet --grow /dev/md0 --size=16M
expect $((16 << 10)) md_attr /dev/md0 component_size
expect "$before" digest /dev/md0
md_stop /dev/md0
md_assemble /dev/md0 "${DISK[@]:0:2}"
expect $((16 << 20)) blockdev --getsize64 /dev/md0
expect "$before" digest /dev/md0
md_stop /dev/md0
