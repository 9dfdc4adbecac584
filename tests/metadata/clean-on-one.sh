#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Power fails when one member's superblock says that the array is clean, and the
# other one's still says dirty: they are made equal again.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_split_member b "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M "${DISK[0]}" /dev/mapper/b
wait_sync /dev/md0
md_attr /dev/md0 safe_mode_delay 0
fill /dev/md0
offset=$(member_attr /dev/md0 /dev/mapper/b offset)
old=$(events "${DISK[0]}")
expect "$old" events "${DISK[1]}"

# The second superblock stalls on its way, behind a flush that does not
stall_sb b
md_attr /dev/md0 array_state clean
wait_for 60 newer "${DISK[0]}" "$old"
expect "$old" events "${DISK[1]}"
for i in 0 1; do save_sb "${DISK[i]}" /tmp/sb$i; done
unstall_sb b
md_stop /dev/md0
remove_split_member b

# Whatever of the data was in the second one's cache is gone
for i in 0 1; do restore_sb "${DISK[i]}" /tmp/sb$i; done
dd if=/dev/zero of="${DISK[1]}" bs=512 seek=$((offset + 2048)) count=1024 \
	oflag=direct conv=notrunc status=none
md_assemble /dev/md0 --run "${DISK[@]:0:2}"
expect 0 md_attr /dev/md0 degraded
mdadm --readwrite /dev/md0
wait_sync /dev/md0
blockdev --flushbufs "${DISK[0]}" "${DISK[1]}"
cmp -i "$((offset * 512))" -n $((16 << 20)) "${DISK[0]}" "${DISK[1]}" ||
	fail "the members differ, and nobody noticed"
md_stop /dev/md0
