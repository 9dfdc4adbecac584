#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A write fails on the first member while a sync of that range waits for it: the
# sync must not copy that member's old data over what was acknowledged.
# debug: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3
modprobe dm-flakey

weak=/dev/mapper/weak
# Waiting for writes in flight; a pause is another state than "D"
sync_waits() {
	local p
	for p in /proc/[0-9]*; do
		case "$(cat "$p/comm" 2>/dev/null)" in
		md0_resync|md0_recovery) grep -q '^State:.*D' "$p/status" && return ;;
		esac
	done
	return 1
}
write_in_flight() { awk '{ exit $2 != 1 }' /sys/block/md0/inflight; }
block() { dd if="$1" bs=4k count=1 iflag=direct status=none | sha256sum; }

# fresh MEMBERS...: dirty, so that its superblocks are at rest
fresh() {
	make_dm_member weak "${DISK[0]}"
	md_create /dev/md0 --level=1 --raid-devices=$(($# + 1)) --metadata=1.0 \
		--size=8M --assume-clean $weak "$@"
	md_attr /dev/md0 safe_mode_delay 0
	fill /dev/md0
	md_attr /dev/md0 sync_max 0
}

# try ACTION MEMBERS...: each of them alone must have the write at the end
try() {
	local action=$1 wanted writer m
	wait_for 60 sync_running /dev/md0 "$action"
	random_stream "$action" 4096 >/tmp/block
	wanted=$(sha256sum </tmp/block)
	dmsetup suspend --nolockfs --noflush weak
	dd if=/tmp/block of=/dev/md0 bs=4k oflag=direct status=none &
	writer=$!
	wait_for 60 write_in_flight
	md_attr /dev/md0 sync_max 2048
	wait_for 60 sync_waits
	dm_set_error weak write 0 8
	wait "$writer"
	md_attr /dev/md0 sync_max max
	wait_sync /dev/md0
	expect "$wanted" block /dev/md0
	expect "0 8" bad_ranges /dev/md0 $weak
	for m in $weak "${@:2}"; do
		expect "$wanted" block /dev/md0
		[ "$m" = "${*: -1}" ] || mdadm --quiet --fail /dev/md0 "$m"
	done
	md_stop /dev/md0
	dm_remove weak
}

fresh "${DISK[1]}"
md_attr /dev/md0 sync_action repair
try repair "${DISK[1]}"

fresh "${DISK[1]}"
md_attr /dev/md0 sync_action frozen
md_attr /dev/md0 resync_start 0
md_attr /dev/md0 sync_action resync
try resync "${DISK[1]}"

fresh "${DISK[1]}" missing
mdadm --quiet /dev/md0 --add "${DISK[2]}"
try recover "${DISK[1]}" "${DISK[2]}"
