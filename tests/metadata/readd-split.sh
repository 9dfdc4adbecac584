#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each half of a mirror ran without the other one. However their event counts
# compare, one that was written to is not re-added to the other, but rebuilt.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M --assume-clean "${DISK[@]:0:2}"
fill /dev/md0
before=$(digest /dev/md0)
md_stop /dev/md0

md_assemble /dev/md0 --run "${DISK[1]}"
dd if=/dev/zero of=/dev/md0 bs=64k count=16 oflag=direct status=none
wait_for 60 array_is /dev/md0 clean
md_stop /dev/md0
other=$(events "${DISK[1]}")

# The first one is not written to, but its superblock is, until it is the newer
md_assemble /dev/md0 --run "${DISK[0]}"
mdadm --readwrite /dev/md0
while [ "$(events "${DISK[0]}")" -le "$other" ]; do
	member_attr /dev/md0 "${DISK[0]}" state writemostly
	member_attr /dev/md0 "${DISK[0]}" state -writemostly
done
must_fail mdadm --quiet /dev/md0 --re-add "${DISK[1]}" 2>/dev/null
expect 1 md_attr /dev/md0 degraded
mdadm --quiet /dev/md0 --add "${DISK[1]}"
wait_recovered /dev/md0
expect "$before" digest /dev/md0
md_stop /dev/md0
md_assemble /dev/md0 --run "${DISK[1]}"
expect "$before" digest /dev/md0
md_stop /dev/md0
