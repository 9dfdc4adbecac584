# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A RAID1 in a container whose metadata mdmon keeps: container_life FORMAT

. "$(dirname "$0")/../lib/rc.sh"

# There is no service manager to start mdmon, and no firmware to ask
export MDADM_NO_SYSTEMCTL=1 IMSM_NO_PLATFORM=1 IMSM_DEVNAME_AS_SERIAL=1
container=/dev/md/box
volume=/dev/md/vol

# find_arrays: -I and -A give names of their own choice
find_arrays() {
	udevadm settle
	volume=/dev/$(awk '$3 == "active" { print $1 }' /proc/mdstat)
	container=/dev/$(awk '$3 == "inactive" { print $1 }' /proc/mdstat)
	[ -b "$volume" ] && [ -b "$container" ] || fail "$(cat /proc/mdstat)"
}

members_of() { for f in /sys/block/"$(md_dev "$1")"/md/dev-*; do echo "/dev/${f##*-}"; done | sort; }
has_left() { ! members_of "$volume" | grep -qx "$1"; }
mdmon_runs() { [ -n "$(pidof mdmon)" ]; }
mdmon_gone() { ! mdmon_runs; }
write_some() {
	random_stream $((++written)) 4194304 | dd of="$volume" bs=1M iflag=fullblock oflag=direct status=none
	before=$(digest "$volume" 4)
}
written=0
# write-pending, while a write waits for mdmon, must not last
settled() { [[ $(md_state "$volume") =~ ^(clean|active|active-idle)$ ]]; }

stop_all() {
	udevadm settle
	md_stop "$volume"
	md_stop "$container"
	wait_for 60 mdmon_gone
}

check_content() {
	expect "$before" digest "$volume" 4
	expect "$1" members_of "$volume"
}

container_life() {
	need_disks 3
	need_command mdmon pidof
	local disks=("${DISK[@]:0:2}") spare=${DISK[2]} now before

	md_create "$container" --metadata="$1" --raid-devices=2 "${disks[@]}"
	md_create "$volume" --level=1 --raid-devices=2 --size=40M "$container"
	wait_for 60 mdmon_runs
	udevadm settle
	wait_sync "$volume"
	write_some
	wait_for 60 settled

	# mdmon records the failure and takes the member out, writes go on
	mdadm --quiet "$volume" --fail "${disks[0]}"
	write_some
	wait_for 60 has_left "${disks[0]}"
	degraded_is "$volume" 1 || fail "not degraded"
	md_remove "$container" "${disks[0]}"
	# ... and starts the rebuild once it has a spare
	mdadm --quiet "$container" --add "$spare"
	wait_recovered "$volume"
	now=$(printf '%s\n' "${disks[1]}" "$spare")
	check_content "$now"
	stop_all

	mdadm --zero-superblock --quiet "${disks[0]}"
	mdadm --quiet --incremental "${disks[1]}"
	mdadm --quiet --incremental "$spare"
	find_arrays
	degraded_is "$volume" 0 || fail "degraded after -I"
	check_content "$now"
	write_some
	wait_for 60 settled
	stop_all

	# mdadm 4.4 crashes over DDF here, whichever driver is loaded
	[ "$1" != ddf ] || return 0
	container=/dev/md/box
	md_assemble "$container" "${disks[1]}" "$spare"
	mdadm --quiet --incremental "$container"
	find_arrays
	degraded_is "$volume" 0 || fail "degraded after -A"
	expect idle md_attr "$volume" sync_action
	check_content "$now"
	stop_all
}
