#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who polls /proc/mdstat and the attributes that userland waits on is woken.
. "$(dirname "$0")/../lib/rc.sh"
mdctl=$(dirname "$0")/mdctl.py
woken() { expect woken "$mdctl" poll "$@"; }
md=/sys/block/md0/md
need_disks 3

woken /proc/mdstat mdadm --create /dev/md0 --run --quiet --level=1 --raid-devices=2 \
	--size=32M --bitmap=none --assume-clean "${DISK[@]:0:2}"
wait_for 60 array_is /dev/md0 clean
md_attr /dev/md0 safe_mode_delay 0.1
woken $md/array_state dd if=/dev/zero of=/dev/md0 bs=4k count=1 oflag=direct status=none
# Idle again
wait_for 60 array_is /dev/md0 clean
woken $md/sync_action sh -c "echo check >$md/sync_action"
wait_sync /dev/md0
md_attr /dev/md0 sync_max 4096
woken $md/sync_completed sh -c "echo check >$md/sync_action"
md_attr /dev/md0 sync_action idle
wait_sync /dev/md0
md_attr /dev/md0 sync_max max
woken $md/degraded mdadm --quiet /dev/md0 --fail "${DISK[1]}"
woken "$md/dev-$(basename "$(readlink -f "${DISK[0]}")")/state" \
	sh -c "echo want_replacement >$md/dev-$(basename "$(readlink -f "${DISK[0]}")")/state"
woken /proc/mdstat mdadm --quiet /dev/md0 --add "${DISK[2]}"
wait_recovered /dev/md0
# udev may have it open
woken $md/array_state sh -c "until echo readonly >$md/array_state; do sleep 0.1; done" 2>/dev/null
woken /proc/mdstat sh -c "until mdadm --quiet --stop /dev/md0; do :; done"
