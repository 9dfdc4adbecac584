#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which superblock speaks for the array: not that of a member that failed, though
# all others that come are spares; not that of one being rebuilt, though it is newer
# than the last good member's.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

# As mdadm would never: whatever there is, through sysfs
sysfs_members() {
	local disk
	wait_for 60 array_gone md0
	# udev may bring it back for a moment
	wait_for 60 write_attr /sys/module/md_mod/parameters/new_array md0
	md_attr md0 metadata_version 1.2
	for disk; do
		md_attr md0 new_dev "$(dev_no "$disk")"
	done
}

# The first member fails and misses writes; the second one, which has them, is lost
for removed in no yes; do
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
		--assume-clean "${DISK[@]:0:2}"
	fill /dev/md0 1
	md_attr /dev/md0 sync_action frozen
	mdadm --quiet /dev/md0 --add "${DISK[2]}"
	mdadm --quiet /dev/md0 --fail "${DISK[0]}"
	fill /dev/md0 8
	[ $removed = no ] || md_remove /dev/md0 "${DISK[0]}"
	md_stop /dev/md0
	sysfs_members "${DISK[0]}" "${DISK[2]}"
	must_fail write_attr /sys/block/md0/md/array_state read-auto
	md_attr md0 array_state clear
done

# Two good members don't take their superblocks: one fails, the other is the last
# one and stays. A third one, half rebuilt, takes two meanwhile.
make_dm_member a "${DISK[0]}"
make_dm_member b "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=3 --metadata=1.2 --bitmap=none \
	--assume-clean /dev/mapper/a /dev/mapper/b missing
md_attr /dev/md0 safe_mode_delay 0
fill /dev/md0 8
before=$(digest /dev/md0 8)
md_attr /dev/md0 sync_max 4096
mdadm --quiet /dev/md0 --add "${DISK[2]}"
paused() { [[ $(md_attr /dev/md0 sync_completed) = 4096\ * ]]; }
wait_for 60 paused
dm_set_error a write 0 16
dm_set_error b write 0 16
md_attr /dev/md0 sync_action frozen
wait_for 60 array_is /dev/md0 broken
last=/dev/mapper/a
if member_is /dev/md0 $last faulty; then last=/dev/mapper/b; fi
md_stop /dev/md0
dm_clear_error a
dm_clear_error b
sysfs_members $last "${DISK[2]}"
md_attr md0 array_state read-auto
member_is md0 $last in_sync || fail "$last isn't in sync"
expect "$before" digest /dev/md0 8
md_attr md0 array_state clear
