#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Members with blocks of 4 KiB: recovery and resync that userland lets stop or
# start in the middle of a block copy all of it.
. "$(dirname "$0")/../lib/rc.sh"

modprobe scsi_debug sector_size=4096 dev_size_mb=40 num_tgts=1 max_luns=1 \
	add_host=2 per_host_store=1 || skip "no scsi_debug"
# They are probed behind its back
there() {
	mapfile -t m < <(lsblk -dnpo NAME,VENDOR | awk '$2 == "Linux" { print $1 }')
	[ ${#m[@]} = 2 ]
}
wait_for 60 there
udevadm settle
expect 4096 blockdev --getss "${m[0]}"

md_create /dev/md0 --level=1 --raid-devices=2 --size=16M "${m[0]}" missing
fill /dev/md0
before=$(digest /dev/md0)
stopped() { [[ $(md_attr /dev/md0 sync_completed) = 100[01]\ * ]]; }

md_attr /dev/md0 sync_max 1001
mdadm --quiet /dev/md0 --add "${m[1]}"
wait_for 60 stopped
md_attr /dev/md0 sync_max max
wait_recovered /dev/md0
expect "" bad_ranges /dev/md0 "${m[1]}"
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt

md_attr /dev/md0 sync_action frozen
md_attr /dev/md0 resync_start 1001
# What has to be copied, under the array
offset=$(member_attr /dev/md0 "${m[1]}" offset)
dd if=/dev/urandom of="${m[1]}" bs=4k seek=$((offset / 8 + 125)) count=2 \
	oflag=direct status=none
md_attr /dev/md0 sync_action resync
wait_for 60 eval '[ "$(md_attr /dev/md0 resync_start)" = none ]'
wait_sync /dev/md0
expect "" bad_ranges /dev/md0 "${m[1]}"
mdadm --quiet --fail /dev/md0 "${m[0]}"
expect "$before" digest /dev/md0
md_stop /dev/md0
