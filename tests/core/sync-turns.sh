#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Arrays on partitions of the same disks resync one after the other; the one that
# waits says DELAYED, and starts at once when it may run in parallel.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2
need_command sfdisk

action() { grep -A2 '^md1 :' /proc/mdstat | grep -oE 'DELAYED|resync = ' || echo none; }
action_is() { [ "$(action)" = "$1" ]; }

# From the start on: nothing may end before it was looked at
limits=/proc/sys/dev/raid
max=$(cat $limits/speed_limit_max) min=$(cat $limits/speed_limit_min)
restore() { echo "$max" >$limits/speed_limit_max; echo "$min" >$limits/speed_limit_min; }
echo 50 >$limits/speed_limit_max
echo 1 >$limits/speed_limit_min

for d in "${DISK[@]:0:2}"; do
	printf '%s\n' 'label: gpt' ',40M' ',40M' | sfdisk --quiet --wipe always "$d"
done
udevadm settle
# First partitions, second ones
mapfile -t part < <(lsblk -nrpo NAME,TYPE "${DISK[@]:0:2}" | awk '$2 == "part" { print $1 }' |
	sort -k1.9n)
for i in 0 1; do
	md_create /dev/md$i --level=1 --raid-devices=2 --metadata=1.0 --bitmap=none \
		"${part[@]:2 * i:2}"
done
wait_for 60 sync_running /dev/md0 resync
wait_for 60 action_is DELAYED
expect delayed md_attr /dev/md1 sync_completed
expect resync md_attr /dev/md1 sync_action
expect EBUSY "$(dirname "$0")/mdctl.py" write /sys/block/md1/md/sync_action check

expect 0 md_attr /dev/md1 sync_force_parallel
md_attr /dev/md1 sync_force_parallel 1
wait_for 60 action_is "resync = "
sync_running /dev/md0 resync || fail "the first one has ended"

# Interrupted, it comes again and has to wait
md_attr /dev/md1 sync_force_parallel 0
md_attr /dev/md1 sync_action idle
wait_for 60 action_is DELAYED
# Who waits can be stopped
md_attr /dev/md1 sync_action frozen
expect frozen md_attr /dev/md1 sync_action
md_attr /dev/md1 sync_action idle
wait_for 60 action_is DELAYED

# The first one ends, the second one's turn has come
restore
wait_sync /dev/md0
wait_sync /dev/md1
expect none md_attr /dev/md1 resync_start
md_stop /dev/md0 /dev/md1
for d in "${DISK[@]:0:2}"; do sfdisk --quiet --delete "$d"; done
