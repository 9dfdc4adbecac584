#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The main job from end to end, told as it happens: a mirror with a filesystem
# loses a disk, is read on, gets a new one, and comes back after a stop. Ends
# with an error as soon as anything is not as it was.

. /payload/tests/lib/rc.sh

step() { printf '\n--- %s\n' "$*"; }
show() { printf '$ %s\n' "$*"; "$@"; }
same() {
	local now
	now=$(digest_tree "$MNT")
	echo "digest of all files: ${now:0:16}"
	[ "$now" = "$before" ] || fail "the digest was ${before:0:16}"
}
rebuilt() {
	grep -E 'recovery|resync' /proc/mdstat || :
	recovered /dev/md0
}

step "the driver: $(uname -r), md_mod $(cat /sys/module/md_mod/version 2>/dev/null || echo in-tree)"
show cat /proc/mdstat

step "a mirror of two disks"
show mdadm --create /dev/md0 --level=1 --raid-devices=2 --run --quiet "${DISK[@]:0:2}"
wait_sync /dev/md0
show cat /proc/mdstat

step "a filesystem with files on it"
show mkfs.ext4 -q /dev/md0
show mount /dev/md0 "$MNT"
cp -r /usr/lib/x86_64-linux-gnu/perl-base "$MNT/tree"
random_stream demo $((40 << 20)) >"$MNT/big"
sync
before=$(digest_tree "$MNT")
df -h "$MNT" | tail -n1
echo "digest of all files: ${before:0:16}"

step "one disk fails; the files are read from the other"
show mdadm --quiet /dev/md0 --fail "${DISK[0]}"
echo 3 >/proc/sys/vm/drop_caches
same
show cat /proc/mdstat

step "a new disk takes its place, and is rebuilt at 20 MiB/s while files are read"
show mdadm --quiet /dev/md0 --remove "${DISK[0]}"
echo 20480 >/proc/sys/dev/raid/speed_limit_max
echo 20480 >/proc/sys/dev/raid/speed_limit_min
show mdadm --quiet /dev/md0 --add "${DISK[2]}"
until rebuilt; do sleep 0.5; done
same
show cat /proc/mdstat

step "both disks hold the same"
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
echo "mismatches: $(md_attr /dev/md0 mismatch_cnt)"
[ "$(md_attr /dev/md0 mismatch_cnt)" = 0 ] || fail "mismatches"

step "stopped, and assembled again"
show umount "$MNT"
udevadm settle
show mdadm --stop /dev/md0
show mdadm --assemble /dev/md0 "${DISK[@]:1:2}"
show mount /dev/md0 "$MNT"
same
show umount "$MNT"
show mdadm --detail /dev/md0
udevadm settle
show mdadm --stop /dev/md0

if dmesg | splat_lines; then fail "the kernel complained"; fi
step "all as it was"
