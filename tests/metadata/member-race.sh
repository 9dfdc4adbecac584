#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Members come and go while others read and write their files, and while "remove"
# takes away the very file it is written to: no oops, no hang, no stale folder.
# kmemleak: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M "${DISK[@]:0:2}"
wait_sync /dev/md0
dir=/sys/block/md0/md/dev-${DISK[2]##*/}

hammer() {
	while [ ! -e /tmp/stop ]; do
		cat "$dir"/* >/dev/null 2>&1 || :
		for w in writemostly -writemostly insync junk; do
			echo $w 2>/dev/null >"$dir/state" || :
		done
		echo none 2>/dev/null >"$dir/slot" || :
		echo 7 2>/dev/null >"$dir/errors" || :
	done
}
rm -f /tmp/stop
pids=()
for _ in 1 2; do
	hammer 2>/dev/null &
	pids+=($!)
done
for i in $(seq 25); do
	mdadm --quiet /dev/md0 --add-spare "${DISK[2]}"
	[ -d "$dir" ] || fail "round $i: no folder"
	if [ $((i % 2)) = 0 ]; then
		echo remove >"$dir/state"
	else
		mdadm --quiet /dev/md0 --remove "${DISK[2]}"
	fi
	[ ! -e "$dir" ] || fail "round $i: folder is left"
done
touch /tmp/stop
wait "${pids[@]}"
expect 0 md_attr /dev/md0 degraded
md_stop /dev/md0
