#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# GET_ARRAY_INFO and GET_DISK_INFO count and describe members: in sync, failed,
# spare, absent.
. "$(dirname "$0")/../lib/rc.sh"
ioctl() { "$(dirname "$0")/mdctl.py" ioctl "$@"; }
field() { ioctl /dev/md0 GET_ARRAY_INFO | tr ' ' '\n' | sed -n "s/^$1=//p"; }
disk() { ioctl /dev/md0 GET_DISK_INFO number="$1" | sed 's/major=[0-9]* minor=[0-9]* //'; }
counts() { echo "$(field nr_disks) $(field active_disks) $(field working_disks) $(field failed_disks) $(field spare_disks)"; }
need_disks 3

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=32M \
	--bitmap=none --assume-clean "${DISK[0]}" --write-mostly "${DISK[1]}"
for f in major_version=1 minor_version=2 patch_version=3 level=1 size=32768 \
		raid_disks=2 md_minor=0 not_persistent=0 layout=0 chunk_size=0; do
	expect "${f#*=}" field "${f%=*}"
done
expect 1 field state	# clean
expect "2 2 2 0 0" counts
expect "ok number=0 raid_disk=0 state=6" disk 0		# active, in sync
expect "ok number=1 raid_disk=1 state=518" disk 1	# and write-mostly
for n in -1 2 5 400; do
	expect "ok number=$n raid_disk=-1 state=8" disk $n	# removed
done

md_attr /dev/md0 sync_action frozen
mdadm --quiet /dev/md0 --add "${DISK[2]}"
expect "3 2 3 0 1" counts
expect "ok number=2 raid_disk=-1 state=0" disk 2
mdadm --quiet /dev/md0 --fail "${DISK[0]}"
expect "3 1 2 1 1" counts
disk 0 | grep -q 'state=1$' || fail "failed member: $(disk 0)"
md_attr /dev/md0 sync_action idle
wait_recovered /dev/md0
expect "ok number=0 raid_disk=-1 state=1" disk 0
expect "3 2 2 1 0" counts
md_remove /dev/md0 "${DISK[0]}"
expect "2 2 2 0 0" counts
md_stop /dev/md0
