#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The errnos of ioctls that can't be carried out, on an empty, a running and a
# read-only array.
. "$(dirname "$0")/../lib/rc.sh"
ioctl() { "$(dirname "$0")/mdctl.py" ioctl /dev/md0 "$@"; }
succeeds() { [ "$(ioctl "$1")" = ok ]; }
number() { echo $((0x$(stat -c %t "$1") << 8 | 0x$(stat -c %T "$1"))); }
need_disks 3

echo md0 >/sys/module/md_mod/parameters/new_array
for i in GET_ARRAY_INFO GET_DISK_INFO HOT_REMOVE_DISK HOT_ADD_DISK \
		SET_DISK_FAULTY STOP_ARRAY_RO RESTART_ARRAY_RW CLUSTERED_DISK_NACK; do
	expect ENODEV ioctl $i
done
expect ok ioctl GET_BITMAP_FILE
expect ENOENT ioctl SET_BITMAP_FILE -1
expect EINVAL ioctl RUN_ARRAY
expect EINVAL ioctl SET_ARRAY_INFO major_version=2
expect EINVAL ioctl SET_ARRAY_INFO raid_disks=-2
expect EINVAL ioctl ADD_NEW_DISK major=1 minor=3
expect EOVERFLOW ioctl ADD_NEW_DISK major=99999999 minor=1
md_attr /dev/md0 array_state clear

md_create /dev/md0 --level=1 --raid-devices=2 --bitmap=none --assume-clean "${DISK[@]:0:2}"
for i in GET_ARRAY_INFO GET_DISK_INFO ADD_NEW_DISK SET_ARRAY_INFO GET_BITMAP_FILE; do
	expect EFAULT ioctl $i 8
done
expect EBUSY ioctl RUN_ARRAY
expect EBUSY ioctl RESTART_ARRAY_RW
expect ENOENT ioctl SET_BITMAP_FILE -1
expect EBADF ioctl SET_BITMAP_FILE 0
expect EINVAL ioctl CLUSTERED_DISK_NACK
expect EINVAL ioctl HOT_ADD_DISK "$(number "${DISK[2]}")"
expect ENXIO ioctl HOT_REMOVE_DISK "$(number "${DISK[2]}")"
expect EBUSY ioctl HOT_REMOVE_DISK "$(number "${DISK[0]}")"
expect ENODEV ioctl SET_DISK_FAULTY "$(number "${DISK[2]}")"
expect EINVAL ioctl ADD_NEW_DISK major=253 minor=0 state=16	# cluster
exec 5</dev/md0
expect EBUSY ioctl STOP_ARRAY
exec 5<&-

wait_for 60 succeeds STOP_ARRAY_RO	# udev may have it open
expect ENXIO ioctl STOP_ARRAY_RO
for i in ADD_NEW_DISK HOT_ADD_DISK SET_BITMAP_FILE CLUSTERED_DISK_NACK; do
	expect EROFS ioctl $i
done
expect ENXIO ioctl HOT_REMOVE_DISK "$(number "${DISK[2]}")"
expect ok ioctl RESTART_ARRAY_RW
wait_for 60 succeeds STOP_ARRAY
wait_for 60 array_gone /dev/md0
