#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Power fails when one member's superblock says that a spare has a slot and the
# spare's own does not yet: it is rebuilt, not taken for one that holds the data.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_split_member b "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=40M "${DISK[0]}" missing
fill /dev/md0
before=$(digest /dev/md0)
md_attr /dev/md0 sync_action frozen
mdadm --quiet /dev/md0 --add /dev/mapper/b
wait_for 60 array_is /dev/md0 clean
offset=$(member_attr /dev/md0 /dev/mapper/b offset)
old=$(events "${DISK[0]}")
expect "$old" events "${DISK[1]}"

# The spare's superblock stalls on its way, behind a flush that does not
stall_sb b
md_attr /dev/md0 sync_action idle
wait_for 60 newer "${DISK[0]}" "$old"
expect $((old + 1)) events "${DISK[0]}"
for i in 0 1; do save_sb "${DISK[i]}" /tmp/sb$i; done
unstall_sb b
wait_recovered /dev/md0
md_stop /dev/md0
remove_split_member b

for i in 0 1; do restore_sb "${DISK[i]}" /tmp/sb$i; done
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
