#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Power fails when one member's superblock says that the array is clean, and the
# other one's still says dirty: they are made equal again.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2
modprobe -q dm-delay || skip "no dm-delay"

events() { mdadm --examine "$1" | sed -n 's/ *Events : //p'; }
newer() { [ "$(events "$1")" -gt "$2" ]; }

size=$(sectors_of "${DISK[1]}")
dmsetup create sb --table "0 2048 linear ${DISK[1]} 0"
dmsetup create b <<-END
	0 2048 linear /dev/mapper/sb 0
	2048 $((size - 2048)) linear ${DISK[1]} 2048
END
udevadm settle
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M "${DISK[0]}" /dev/mapper/b
wait_sync /dev/md0
md_attr /dev/md0 safe_mode_delay 0
fill /dev/md0
offset=$(member_attr /dev/md0 /dev/mapper/b offset)
old=$(events "${DISK[0]}")
expect "$old" events "${DISK[1]}"

# The second superblock stalls on its way, behind a flush that does not
dm_table sb <<<"0 2048 delay ${DISK[1]} 0 0 ${DISK[1]} 0 90000 ${DISK[1]} 0 0"
md_attr /dev/md0 array_state clean
wait_for 10 newer "${DISK[0]}" "$old"
expect "$old" events "${DISK[1]}"
for i in 0 1; do dd if="${DISK[i]}" of=/tmp/sb$i bs=64k count=1 iflag=direct status=none; done
dm_table sb <<<"0 2048 linear ${DISK[1]} 0"
md_stop /dev/md0
dmsetup remove --retry b
dmsetup remove --retry sb

# Whatever of the data was in the second one's cache is gone
for i in 0 1; do dd if=/tmp/sb$i of="${DISK[i]}" bs=64k oflag=direct conv=notrunc status=none; done
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
