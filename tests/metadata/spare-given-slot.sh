#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Power fails when one member's superblock says that a spare has a slot and the
# spare's own does not yet: it is rebuilt, not taken for one that holds the data.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2
modprobe -q dm-delay || skip "no dm-delay"

image() { dd if="$1" of="$2" bs=64k count=1 iflag=direct status=none; }
restore() { dd if="$2" of="$1" bs=64k oflag=direct conv=notrunc status=none; }
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
	--size=40M "${DISK[0]}" missing
fill /dev/md0
before=$(digest /dev/md0)
md_attr /dev/md0 sync_action frozen
mdadm --quiet /dev/md0 --add /dev/mapper/b
wait_for 10 array_is /dev/md0 clean
offset=$(member_attr /dev/md0 /dev/mapper/b offset)
old=$(events "${DISK[0]}")
expect "$old" events "${DISK[1]}"

# The spare's superblock stalls on its way, behind a flush that does not
dm_table sb <<<"0 2048 delay ${DISK[1]} 0 0 ${DISK[1]} 0 90000 ${DISK[1]} 0 0"
md_attr /dev/md0 sync_action idle
wait_for 10 newer "${DISK[0]}" "$old"
expect $((old + 1)) events "${DISK[0]}"
image "${DISK[0]}" /tmp/sb0
image "${DISK[1]}" /tmp/sb1
dm_table sb <<<"0 2048 linear ${DISK[1]} 0"
wait_recovered /dev/md0
md_stop /dev/md0
dmsetup remove --retry b
dmsetup remove --retry sb

restore "${DISK[0]}" /tmp/sb0
restore "${DISK[1]}" /tmp/sb1
dd if=/dev/zero of="${DISK[1]}" bs=512 seek="$offset" count=$((40 << 11)) \
	oflag=direct conv=notrunc status=none
md_assemble /dev/md0 --run "${DISK[@]:0:2}"
mdadm --readwrite /dev/md0
wait_recovered /dev/md0
expect "$before" digest /dev/md0
blockdev --flushbufs "${DISK[0]}" "${DISK[1]}"
cmp -i "$((offset * 512))" -n $((40 << 20)) "${DISK[0]}" "${DISK[1]}" ||
	fail "the spare was taken for a copy"
md_stop /dev/md0
