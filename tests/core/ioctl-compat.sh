#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The ioctls of a 32-bit process: same structures, narrow pointers, and device numbers
# that are no pointers.
. "$(dirname "$0")/../lib/rc.sh"
compat() { python3 "$(dirname "$0")/compat.py" "$@"; }
need_disks 2

# Without, the probe would leave a complaint in the log
[ -e /proc/sys/abi/vsyscall32 ] && compat probe || skip "the kernel runs no 32-bit programs"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=32M --assume-clean "${DISK[@]:0:2}"
mdctl() { "$(dirname "$0")/mdctl.py" ioctl /dev/md0 "$@"; }
numbers() { mdctl "$@" | grep -oE -- '=-?[0-9]+' | tr -d '='; }
encoded() { echo $(($(stat -c '0x%t << 8 | 0x%T' "$(readlink -f "$1")"))); }

# RAID_VERSION, GET_ARRAY_INFO, GET_DISK_INFO
expect "$(numbers RAID_VERSION)" compat struct /dev/md0 0x800c0910 3
expect "$(numbers GET_ARRAY_INFO)" compat struct /dev/md0 0x80480911 18
for n in 0 1 5; do
	expect "$(numbers GET_DISK_INFO number=$n)" compat struct /dev/md0 0x80140912 5 $n
done
# GET_BITMAP_FILE: an empty name
expect "$(printf '0\n%.0s' {1..1024})" compat struct /dev/md0 0x90000915 1024
expect EFAULT compat value /dev/md0 0x80480911 0
expect ENOTTY compat value /dev/md0 0x9ff 0

# SET_DISK_FAULTY, HOT_REMOVE_DISK
expect ok compat value /dev/md0 0x929 "$(encoded "${DISK[1]}")"
expect 1 md_attr /dev/md0 degraded
expect ENXIO compat value /dev/md0 0x922 "$(encoded /dev/md0)"
succeeds() { [ "$(compat value /dev/md0 "$1" "$2")" = ok ]; }
wait_for 60 succeeds 0x922 "$(encoded "${DISK[1]}")"
# HOT_REMOVE_DISK of one in use, STOP_ARRAY_RO, RESTART_ARRAY_RW
expect EBUSY compat value /dev/md0 0x922 "$(encoded "${DISK[0]}")"
wait_for 60 succeeds 0x933 0	# udev may have it open
expect readonly md_state /dev/md0
expect ok compat value /dev/md0 0x934 0
array_is /dev/md0 readonly && fail "still read-only"
# STOP_ARRAY: refused while somebody else has it open
exec 5</dev/md0
expect EBUSY compat value /dev/md0 0x932 0
exec 5<&-
wait_for 60 succeeds 0x932 0
wait_for 60 array_gone /dev/md0
