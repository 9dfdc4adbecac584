#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two hundred arrays come and go under the same name while others open the device
# and read its attributes: an open either succeeds or fails at once.
# timeout: 600
# debug: yes
# kmemleak: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

echo 1 >/sys/module/md_mod/parameters/create_on_open
rounds=200
[ "$KERNEL" != debug ] || rounds=60
md_create /dev/md0 --level=1 --raid-devices=2 --size=8M --bitmap=none --assume-clean "${DISK[@]:0:2}"
md_stop /dev/md0
[ -b /dev/md0 ] || mknod /dev/md0 b 9 0

touch /tmp/go
opener() {
	while [ -e /tmp/go ]; do
		timeout $((60 * TIMEOUT_SCALE)) dd if=/dev/md0 of=/dev/null bs=4k count=1 status=none 2>/dev/null
		[ $? != 124 ] || touch /tmp/stuck
		cat /sys/block/md0/md/* /proc/mdstat >/dev/null 2>&1
	done
	return 0
}
opener &
opener &

# Somebody may have it open just now, or udev may have assembled it
stop_it() { mdadm --stop --quiet /dev/md0 2>/dev/null || array_gone /dev/md0; }
for ((i = 0; i < rounds; i++)); do
	wait_for 60 mdadm --assemble --quiet /dev/md0 "${DISK[@]:0:2}" 2>/dev/null
	wait_for 60 stop_it
done
rm /tmp/go
wait
[ ! -e /tmp/stuck ] || fail "an open was stuck"
wait_for 60 stop_it
# The name is free at once
md_assemble /dev/md0 "${DISK[@]:0:2}"
expect raid1 md_attr /dev/md0 level
md_stop /dev/md0
