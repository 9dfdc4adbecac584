# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests of this folder.
. "$(dirname "$0")/../lib/rc.sh"

# dm_members N: the disks' first N as /dev/mapper/m0..., in $MEMBERS
MEMBERS=()
dm_members() {
	local n
	modprobe -q dm-flakey || :
	for ((n = 0; n < $1; n++)); do
		make_dm_member m$n "${DISK[n]}"
		MEMBERS+=("/dev/mapper/m$n")
	done
}

# lose_writes FROM MEMBER: writes from that sector on are lost
lose_writes() {
	local disk=${DISK[$2]} size
	size=$(blockdev --getsz "$disk")
	{
		[ "$1" = 0 ] || echo "0 $1 linear $disk 0"
		echo "$1 $((size - $1)) flakey $disk $1 0 1 1 drop_writes"
	} | dm_table "m$2"
}

# lose_power ARRAY: as if all members lost it at once; the array is stopped
lose_power() {
	local n
	for n in "${!MEMBERS[@]}"; do lose_writes 0 "$n"; done
	md_stop "$1"
	for n in "${!MEMBERS[@]}"; do dm_clear_error "m$n"; done
}

# dirty MEMBER: how many bits are set
dirty() { mdadm -X "$1" | sed -n 's/.* bits.*, \([0-9]*\) dirty.*/\1/p'; }
dirty_is() { [ "$(dirty "$1")" = "$2" ]; }
bits() { mdadm -X "$1" | sed -n 's/.* \([0-9]*\) bits.*/\1/p'; }
bits_cleared() { ! grep -q 'bitmap: [1-9]' /proc/mdstat; }

# resynced ARRAY: nothing is pending any more
resynced() { [ "$(md_attr "$1" resync_start)" = none ] && sync_idle "$1"; }

# same ARRAY: all members hold the same
same() {
	md_attr "$1" sync_action check
	wait_sync "$1"
	expect 0 md_attr "$1" mismatch_cnt
}

# sectors_read DISK, sectors_written DISK: so far
disk_stat() { awk "{ print \$$2 }" "/sys/block/$(basename "$(readlink -f "$1")")/stat"; }
sectors_read() { disk_stat "$1" 3; }
sectors_written() { disk_stat "$1" 7; }
