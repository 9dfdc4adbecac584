#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# While a sync runs, sync_action refuses to be asked for another one. A read-only
# array takes every word and does nothing. An auto-read-only one becomes read-write
# by every word but "frozen".
. "$(dirname "$0")/../lib/rc.sh"
mdctl=$(dirname "$0")/mdctl.py
md=/sys/block/md0/md
write() { "$mdctl" write $md/sync_action "$1"; }
words="resync recover check repair"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=40M --assume-clean "${DISK[@]:0:2}"
md_attr /dev/md0 sync_max 8192	# where it waits
waits() { [[ $(md_attr /dev/md0 sync_completed) == 8192\ * ]]; }
for running in check repair; do
	expect ok write $running
	# What is only asked for yet can be changed
	wait_for 60 waits
	expect $running md_attr /dev/md0 sync_action
	for word in $words reshape; do
		expect EBUSY write "$word"
		expect $running md_attr /dev/md0 sync_action
	done
	expect EINVAL write reshaped
	expect ok write idle
	wait_sync /dev/md0
	expect EINVAL write reshape
	md_attr /dev/md0 sync_min 0
done
md_attr /dev/md0 sync_max max

wait_for 60 mdadm --quiet --readonly /dev/md0	# udev may have it open
for word in $words idle frozen idle; do
	expect ok write "$word"
	expect readonly md_state /dev/md0
	[ "$word" = frozen ] || expect idle md_attr /dev/md0 sync_action
done

echo 1 >/sys/module/md_mod/parameters/start_ro
for word in $words idle frozen; do
	md_stop /dev/md0
	wait_for 60 array_gone /dev/md0
	md_assemble /dev/md0 "${DISK[@]:0:2}"
	expect read-auto md_state /dev/md0
	expect ok write "$word"
	case $word in
	frozen) expect read-auto md_state /dev/md0 ;;
	check|repair) wait_sync /dev/md0
		expect "$word" md_attr /dev/md0 last_sync_action ;;&
	*) wait_for 60 array_is /dev/md0 clean ;;
	esac
done
md_stop /dev/md0
