#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each member in turn can't be read, can't be written, or is gone, in the middle
# of a load: nothing that was written is lost, the others stay, and the member is
# back after a rebuild.
# timeout: 500
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

members=(/dev/mapper/m0 /dev/mapper/m1 /dev/mapper/m2)
for i in 0 1 2; do make_dm_member "m$i" "${DISK[i]}"; done
md_create /dev/md0 --level=1 --raid-devices=3 --size=24M --metadata=1.2 "${members[@]}"
wait_sync /dev/md0
fill /dev/md0 8

for i in 0 1 2; do
	for kind in read write all; do
		echo "# $kind errors on m$i"
		dd if=/dev/urandom of=/tmp/data bs=1M count=8 status=none
		dd if=/tmp/data of=/dev/md0 bs=64k oflag=direct count=64 status=none
		dm_set_error "m$i" "$kind"
		dd if=/tmp/data of=/dev/md0 bs=64k oflag=direct,sync skip=64 seek=64 \
			status=none
		expect "$(digest /tmp/data)" digest /dev/md0 8
		for n in 0 1 2; do
			[ "$n" = "$i" ] || member_is /dev/md0 "${members[n]}" in_sync ||
				fail "m$n: $(member_attr /dev/md0 "${members[n]}" state)"
		done
		case $kind in
		write|all)
			member_is /dev/md0 "${members[i]}" faulty || fail "m$i not failed"
			expect 1 md_attr /dev/md0 degraded
			;;
		esac
		dm_clear_error "m$i"
		if member_is /dev/md0 "${members[i]}" faulty; then
			md_remove /dev/md0 "${members[i]}"
			mdadm --zero-superblock "${members[i]}"
			mdadm --quiet /dev/md0 --add "${members[i]}"
		fi
		wait_recovered /dev/md0
		# Recorded bad blocks are cured by the next write
		dd if=/tmp/data of=/dev/md0 bs=64k oflag=direct status=none
		dd if=/dev/zero of=/dev/md0 bs=64k oflag=direct seek=128 \
			count=256 status=none	# udev reads the end, too
		md_attr /dev/md0 sync_action check
		wait_sync /dev/md0
		expect 0 md_attr /dev/md0 mismatch_cnt
		for n in 0 1 2; do
			expect "" member_attr /dev/md0 "${members[n]}" bad_blocks
		done
	done
done
md_stop /dev/md0
