#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What only a running array with redundancy has leaves sysfs when the array becomes
# inactive, and comes back, with its pollers woken, when it is started again.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
mdctl=$(dirname "$0")/mdctl.py
md=/sys/block/md0/md
sync="sync_action last_sync_action mismatch_cnt sync_speed sync_speed_min
	sync_speed_max sync_completed sync_force_parallel sync_min sync_max
	suspend_lo suspend_hi degraded"
need_disks 2

there() {
	local a
	for a in $sync; do [ ! -e "$md/$a" ] || echo "$a"; done
}
all=$(printf '%s\n' $sync)

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=32M --assume-clean "${DISK[@]:0:2}"
# Somebody is inside their files all the time
touch /tmp/go
user() {
	while [ -e /tmp/go ]; do
		cat $md/sync_* $md/degraded
		for a in sync_action=idle suspend_hi=0 sync_max=max sync_speed_min=system; do
			echo "${a#*=}" >"$md/${a%=*}"
		done
	done >/dev/null 2>&1
	return 0
}
user &
user &
for ((i = 0; i < 10; i++)); do
	expect "$all" there
	md_attr /dev/md0 array_state inactive
	expect inactive md_state /dev/md0
	expect "" there
	md_attr /dev/md0 array_state active
done
rm /tmp/go
wait
expect woken "$mdctl" poll $md/degraded mdadm --quiet /dev/md0 --fail "${DISK[1]}"
wait_for 60 degraded_is /dev/md0 1
expect 0 md_attr /dev/md0 sync_min
md_stop /dev/md0
