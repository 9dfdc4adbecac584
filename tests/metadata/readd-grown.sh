#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member was away while the array grew. Nothing was written without it, but
# what is new has never been made equal: it is not taken back as if it were.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

for d in "${DISK[@]:0:2}"; do
	random_stream "$d" $((64 << 20)) | dd of="$d" bs=1M iflag=fullblock \
		oflag=direct status=none
done
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M "${DISK[@]:0:2}"
wait_sync /dev/md0
fill /dev/md0
before=$(digest /dev/md0)
wait_for 60 array_is /dev/md0 clean
mdadm --quiet /dev/md0 --fail "${DISK[1]}"
md_remove /dev/md0 "${DISK[1]}"
mdadm --quiet --grow /dev/md0 --size=48M

must_fail mdadm --quiet /dev/md0 --re-add "${DISK[1]}" 2>/dev/null
expect 1 md_attr /dev/md0 degraded
mdadm --quiet /dev/md0 --add "${DISK[1]}"
wait_recovered /dev/md0
expect "$before" digest /dev/md0 16
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
md_stop /dev/md0
