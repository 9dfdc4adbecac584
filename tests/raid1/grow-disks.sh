#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Members are added to and taken from a running array.
# debug: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 4

md_create /dev/md0 --level=1 --raid-devices=1 --force --metadata=1.0 --size=24M \
	"${DISK[0]}"
fill /dev/md0
before=$(digest /dev/md0)
for n in 2 3 4; do
	mdadm --quiet --add /dev/md0 "${DISK[n - 1]}"
	mdadm --quiet --grow /dev/md0 --raid-devices="$n"
	wait_recovered /dev/md0
	expect "$n" md_attr /dev/md0 raid_disks
	expect "$before" digest /dev/md0
done
grep -q '\[4/4\] \[UUUU\]' /proc/mdstat || fail "mdstat doesn't say 4/4"
must_fail mdadm --quiet --grow /dev/md0 --raid-devices=3 2>/dev/null

# The first two go: the others move into their slots
for i in 0 1; do
	mdadm --quiet --fail /dev/md0 "${DISK[i]}"
	md_remove /dev/md0 "${DISK[i]}"
done
mdadm --quiet --grow /dev/md0 --raid-devices=2
expect 0 md_attr /dev/md0 degraded
expect "$before" digest /dev/md0
for i in 2 3; do
	slot=$(member_attr /dev/md0 "${DISK[i]}" slot)
	[ "$slot" -lt 2 ] || fail "slot $slot"
	expect "dev-$(md_dev "${DISK[i]}")" basename \
		"$(readlink "/sys/block/md0/md/rd$slot")"
done
md_stop /dev/md0
md_assemble /dev/md0 "${DISK[2]}" "${DISK[3]}"
expect 0 md_attr /dev/md0 degraded
expect "$before" digest /dev/md0
md_stop /dev/md0
