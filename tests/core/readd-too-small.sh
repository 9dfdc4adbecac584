#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member failed, and the array grew to more than that member has. Taken back
# through its state it stays a spare: nothing is written behind its part.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

modprobe dm-mod
dmsetup create small --table "0 $((48 << 11)) linear ${DISK[1]} 0"
udevadm settle
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --bitmap=none \
	--size=32M --assume-clean "${DISK[0]}" /dev/mapper/small
fill /dev/md0
before=$(digest /dev/md0 32)

mdadm --quiet --fail /dev/md0 /dev/mapper/small
slotless() { [ "$(member_attr /dev/md0 /dev/mapper/small slot)" = none ]; }
wait_for 60 slotless
mdadm --quiet --grow /dev/md0 --size=64M
expect $((64 << 10)) md_attr /dev/md0 component_size
fill /dev/md0
after=$(digest /dev/md0 64)

member_attr /dev/md0 /dev/mapper/small state re-add
refused() { kernel_log | grep "md0: spare .* can't be used" >/dev/null; }
wait_for 60 refused
expect none member_attr /dev/md0 /dev/mapper/small slot
expect 1 md_attr /dev/md0 degraded
expect "$after" digest /dev/md0
expect "$before" digest "${DISK[1]}" 32
mdadm --examine /dev/mapper/small >/dev/null || fail "its superblock is gone"
md_stop /dev/md0
dm_remove small
