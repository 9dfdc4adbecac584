#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The documented attributes exist with their modes, and each can be read in every
# state of an array.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md=/sys/block/md0/md
always="array_size array_state chunk_size component_size consistency_policy
	fail_last_dev layout level max_read_errors metadata_version raid_disks
	reshape_direction reshape_position resync_start safe_mode_delay
	serialize_policy"
sync="sync_action sync_speed_min sync_speed_max sync_force_parallel sync_min
	sync_max suspend_lo suspend_hi"
sync_read_only="last_sync_action mismatch_cnt sync_speed sync_completed degraded"

# check LIST MODE: all there and readable
check() {
	local a
	for a in $1; do
		expect "$2" stat -c %a "$md/$a"
		cat "$md/$a" >/dev/null || fail "$a can't be read"
	done
}

check_all() {
	check "$always" 644
	check uuid 444
	expect 200 stat -c %a $md/new_dev
	[ "$1" != running ] || { check "$sync" 644; check "$sync_read_only" 444; }
}

echo md0 >/sys/module/md_mod/parameters/new_array
check_all empty
expect clear cat $md/array_state
expect "" cat $md/raid_disks
expect "" cat $md/level
md_attr /dev/md0 array_state clear
wait_for 60 array_gone /dev/md0

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=32M --bitmap=none "${DISK[@]:0:2}"
check_all running
wait_sync /dev/md0
for pair in level=raid1 raid_disks=2 chunk_size=0 layout=0 component_size=32768 \
		array_size=default metadata_version=1.2 resync_start=none \
		reshape_position=none reshape_direction=forwards degraded=0 \
		consistency_policy=resync sync_action=idle sync_completed=none \
		sync_speed=none sync_max=max sync_min=0 mismatch_cnt=0 \
		last_sync_action=resync serialize_policy=0 fail_last_dev=0; do
	expect "${pair#*=}" cat "$md/${pair%=*}"
done
uuid=$(mdadm --detail --export /dev/md0 | sed -n 's/^MD_UUID=//p' | tr -d :)
expect "$uuid" tr -d -- '-\n' <$md/uuid
md_attr /dev/md0 array_state readonly
check_all running
md_attr /dev/md0 array_state inactive
check_all inactive
md_attr /dev/md0 array_state active
check_all running
md_stop /dev/md0
