#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Partitions on an array appear by themselves whenever it is started, and go when
# it is stopped.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2
need_command sfdisk

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --assume-clean \
	--bitmap=none --size=32M "${DISK[@]:0:2}"
echo ',8M' | sfdisk --quiet /dev/md0
# Whoever closes the array has udev read the table again, and partitions go and come
there() { udevadm settle; [ -b /dev/md0p1 ]; }
wait_for 60 there
fill /dev/md0p1
before=$(digest /dev/md0p1)
for _ in 1 2 3; do
	md_stop /dev/md0
	wait_for 60 [ ! -e /sys/block/md0/md0p1 ]
	md_assemble /dev/md0 "${DISK[@]:0:2}"
	wait_for 60 there
	expect "$before" digest /dev/md0p1
done
md_stop /dev/md0
