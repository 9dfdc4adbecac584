#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A range of bad blocks that no list can hold is refused at once, and nothing of it
# is recorded; the largest one that fits is accepted.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

modprobe -q loop || skip "no loop devices"
truncate -s 4T "/tmp/big" 2>/dev/null || skip "no large sparse files"
big=$(losetup -f --show "/tmp/big") || skip "no loop devices"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=16M --bitmap=none \
	--assume-clean "$big" "${DISK[1]}"
for list in bad_blocks unacknowledged_bad_blocks; do
	must_fail member_attr /dev/md0 "$big" $list "4194304 4294967295" 2>/dev/null
	expect "" member_attr /dev/md0 "$big" $list
done
member_attr /dev/md0 "$big" bad_blocks "4194304 262144"
must_fail member_attr /dev/md0 "$big" bad_blocks "9000000 600" 2>/dev/null
md_stop /dev/md0
losetup -d "$big"
rm "/tmp/big"
