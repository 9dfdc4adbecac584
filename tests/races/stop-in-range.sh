#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# STOP_ARRAY by a task that has written to a suspended range writes its cached pages
# first: they wait for the range, which can be moved meanwhile, and the array stops.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --size=32M --metadata=1.2 --bitmap=none \
	--assume-clean "${DISK[@]:0:2}"
udevadm settle
md_attr /dev/md0 suspend_hi 2048
python3 "$(dirname "$0")/stopper.py" 65536 &
stopper=$!
stops() { grep -qs md_stop /proc/$stopper/stack; }
wait_for 60 stops
expect 2048 md_attr /dev/md0 suspend_hi
md_attr /dev/md0 suspend_hi 0
wait $stopper
mdadm --assemble --quiet /dev/md0 "${DISK[@]:0:2}"
expect "$(printf '%65536s' '' | tr ' ' x | sha256sum)" \
	eval 'head -c 65536 /dev/md0 | sha256sum'
md_stop /dev/md0
