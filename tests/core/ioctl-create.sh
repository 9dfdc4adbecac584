#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An array is described, filled and started by ioctls alone, as old tools do, and
# changed by SET_ARRAY_INFO while it runs.
. "$(dirname "$0")/../lib/rc.sh"
ioctl() { "$(dirname "$0")/mdctl.py" ioctl /dev/md0 "$@"; }
dev() { echo "major=$((0x$(stat -c %t "$1"))) minor=$((0x$(stat -c %T "$1")))"; }
# The array's description as it is, with changes
info() { ioctl GET_ARRAY_INFO | sed 's/^ok //'; }
need_disks 3
read -r -a a <<<"$(dev "${DISK[0]}")"
read -r -a b <<<"$(dev "${DISK[1]}")"
read -r -a c <<<"$(dev "${DISK[2]}")"

echo md0 >/sys/module/md_mod/parameters/new_array
expect ok ioctl SET_ARRAY_INFO major_version=0 minor_version=90 level=1 \
	raid_disks=2 nr_disks=2 size=20480 state=1
expect 0.90 md_attr /dev/md0 metadata_version
expect EBUSY ioctl SET_ARRAY_INFO level=1 raid_disks=2
expect ok ioctl ADD_NEW_DISK number=0 raid_disk=0 state=6 "${a[@]}"
expect EBUSY ioctl ADD_NEW_DISK number=1 raid_disk=1 state=6 "${a[@]}"
expect EBUSY ioctl ADD_NEW_DISK number=0 raid_disk=1 state=6 "${b[@]}"
expect EBUSY ioctl ADD_NEW_DISK number=1 raid_disk=0 state=6 "${b[@]}"
expect ok ioctl ADD_NEW_DISK number=1 raid_disk=1 state=6 "${b[@]}"
expect inactive md_state /dev/md0
expect ok ioctl RUN_ARRAY
ioctl RESTART_ARRAY_RW >/dev/null
expect $((20 << 20)) blockdev --getsize64 /dev/md0
fill /dev/md0
before=$(digest /dev/md0)

read -r -a now <<<"$(info)"
expect ok ioctl SET_ARRAY_INFO "${now[@]}"
for change in level=5 chunk_size=4096 layout=1 not_persistent=1 major_version=1 \
		minor_version=91 ctime=7 state=513 raid_disks=0 raid_disks=-3; do
	expect EINVAL ioctl SET_ARRAY_INFO "${now[@]}" $change
done
expect EINVAL ioctl SET_ARRAY_INFO "${now[@]}" raid_disks=3 size=30000
expect ENOSPC ioctl SET_ARRAY_INFO "${now[@]}" size=1000000000
expect ok ioctl SET_ARRAY_INFO "${now[@]}" size=30720
expect $((30 << 20)) blockdev --getsize64 /dev/md0
read -r -a now <<<"$(info)"
wait_sync /dev/md0
expect ok ioctl SET_ARRAY_INFO "${now[@]}" raid_disks=3
expect ok ioctl HOT_ADD_DISK $((${c[0]#*=} << 8 | ${c[1]#*=}))
wait_recovered /dev/md0
expect "$before" digest /dev/md0 20
md_stop /dev/md0

md_assemble /dev/md0 "${DISK[@]:0:3}"
expect 3 md_attr /dev/md0 raid_disks
expect "$before" digest /dev/md0 20
md_stop /dev/md0
