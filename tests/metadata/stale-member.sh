#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member that missed writes is left out when the kernel assembles, whatever
# order members come in, and its old content never shows.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

# As mdadm would never: all members, stale or not, through sysfs
sysfs_assemble() {
	local disk
	echo md0 >/sys/module/md_mod/parameters/new_array
	md_attr md0 metadata_version 1.2
	for disk; do
		md_attr md0 new_dev "$(dev_no "$disk")"
	done
	md_attr md0 array_state read-auto
}

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M "${DISK[@]:0:2}"
wait_sync /dev/md0
mdadm --quiet /dev/md0 --fail "${DISK[1]}"
md_remove /dev/md0 "${DISK[1]}"
fill /dev/md0 8
before=$(digest /dev/md0 8)
md_stop /dev/md0
wait_for 60 array_gone md0

for order in "0 1" "1 0"; do
	read -r a b <<<"$order"
	sysfs_assemble "${DISK[a]}" "${DISK[b]}"
	expect 1 md_attr md0 degraded
	[ ! -e "/sys/block/md0/md/dev-$(basename "${DISK[1]}")" ] ||
		fail "stale member is still there"
	expect "$before" digest /dev/md0 8
	md_attr md0 array_state clear
	wait_for 60 array_gone md0
done
kernel_log | grep "member $(basename "${DISK[1]}") is left out: it is out of date" >/dev/null ||
	fail "no message"
