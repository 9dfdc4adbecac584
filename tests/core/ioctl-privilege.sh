#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What every user may ask, what needs privileges, what does not exist (any more).
. "$(dirname "$0")/../lib/rc.sh"
ioctl() { "$(dirname "$0")/mdctl.py" ioctl "$@"; }
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --bitmap=none --assume-clean "${DISK[@]:0:2}"

expect "ok major=0 minor=90 patchlevel=3" ioctl --nobody /dev/md0 RAID_VERSION
for i in GET_ARRAY_INFO GET_DISK_INFO; do
	ioctl --nobody /dev/md0 $i | grep -q '^ok' || fail "$i without privileges"
done
for i in GET_BITMAP_FILE ADD_NEW_DISK HOT_REMOVE_DISK SET_ARRAY_INFO \
		HOT_ADD_DISK SET_DISK_FAULTY SET_BITMAP_FILE RUN_ARRAY \
		STOP_ARRAY STOP_ARRAY_RO RESTART_ARRAY_RW CLUSTERED_DISK_NACK; do
	expect EACCES ioctl --nobody /dev/md0 $i
done
for i in RAID_AUTORUN CLEAR_ARRAY SET_DISK_INFO WRITE_RAID_INFO \
		UNPROTECT_ARRAY PROTECT_ARRAY HOT_GENERATE_ERROR 0x13 0x36 0xff; do
	expect ENOTTY ioctl /dev/md0 $i
	expect ENOTTY ioctl --nobody /dev/md0 $i
done
# Nothing of this has touched it
array_is /dev/md0 clean || fail "state is $(md_state /dev/md0)"
expect 0 md_attr /dev/md0 degraded
md_stop /dev/md0
