#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A SCSI disk turns down write-zeroes that it goes on offering: it gets ordinary
# writes, and is no worse a member for it. An error of the medium is one, though.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 1

MEDIUM_ERROR="0x3 0x11 0x0"
zeroes_max() { cat "/sys/block/$(md_dev "$1")/queue/write_zeroes_max_bytes"; }
make() {
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=8M \
		--assume-clean "$scsi" "${DISK[0]}"
	fill /dev/md0
}
modprobe scsi_debug dev_size_mb=40 lbpws=1 lbprz=1 || skip "no scsi_debug"
# It is probed behind modprobe's back
there() {
	scsi=$(lsblk -dnpo NAME,VENDOR | awk '$2 == "Linux" { print $1 }')
	[ -b "$scsi" ]
}
wait_for 60 there
udevadm settle
make
[ "$(zeroes_max /dev/md0)" != 0 ] || skip "no write-zeroes"

# Blocks that it takes by one command
echo 8 >/sys/module/scsi_debug/parameters/write_same_length
fallocate --punch-hole -o 1M -l 2M /dev/md0
[ "$(zeroes_max "$scsi")" != 0 ] || skip "the disk doesn't offer it any more"
expect in_sync member_attr /dev/md0 "$scsi" state
expect "" bad_ranges /dev/md0 "$scsi"
expect 0 zeroes_max /dev/md0
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
mdadm --quiet --fail /dev/md0 "${DISK[0]}"
for i in 1 2; do
	expect "$(head -c 1M /dev/zero | sha256sum)" eval \
		"dd if=/dev/md0 bs=1M skip=$i count=1 iflag=direct status=none | sha256sum"
done
md_stop /dev/md0

make
inject=$(echo /sys/kernel/debug/scsi_debug/*/error)
[ -e "$inject" ] || skip "no error injection"
# The next WRITE SAME(16) fails
echo "2 -1 0x93 0x0 0x0 0x2 $MEDIUM_ERROR" >"$inject"
fallocate --punch-hole -o 1M -l 1M /dev/md0
expect "2048 2048" bad_ranges /dev/md0 "$scsi"
member_is /dev/md0 "$scsi" write_error || fail "the error was forgotten"
md_stop /dev/md0
