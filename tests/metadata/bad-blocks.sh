#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bad blocks that are recorded survive a stop, mdadm finds them in the log on the
# member, unacknowledged ones are acknowledged by a superblock write, and a range
# that doesn't fit into the list is refused.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

bad() { member_attr /dev/md0 "${DISK[1]}" bad_blocks "$@"; }
unacked() { member_attr /dev/md0 "${DISK[1]}" unacknowledged_bad_blocks "$@"; }
no_unacked() { [ -z "$(unacked)" ]; }

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=40M "${DISK[@]:0:2}"
wait_sync /dev/md0
expect "" bad
bad "10000 8"
bad "20000 600"
# In entries of at most 512 sectors
expect "10000 8
20000 512
20512 88" bad
must_fail bad "$(sectors_of "${DISK[1]}") 1" 2>/dev/null
must_fail bad "5 0" 2>/dev/null
must_fail bad "18446744073709551615 2" 2>/dev/null

unacked "30000 8"
wait_for 60 no_unacked
bad | grep -qx "30000 8" || fail "the unacknowledged range is lost"
expect in_sync member_attr /dev/md0 "${DISK[1]}" state
before=$(bad)

md_stop /dev/md0
mdadm --examine-badblocks "${DISK[1]}" | grep -q '30000 for 8 sectors' ||
	fail "mdadm doesn't see them"
mdadm --examine "${DISK[1]}" | grep -q 'bad blocks present' || fail "feature bit"
md_assemble /dev/md0 "${DISK[@]:0:2}"
expect "$before" bad
expect "" member_attr /dev/md0 "${DISK[0]}" bad_blocks

# 512 entries are all that the log holds
mdadm --quiet --readwrite /dev/md0
wait_for 60 array_is /dev/md0 clean
i=0
list=/sys/block/md0/md/dev-${DISK[1]##*/}/bad_blocks
while echo "$((40000 + i * 16)) 8" 2>/dev/null >"$list"; do
	i=$((i + 1))
	[ $i -le 600 ] || fail "more than 512 ranges"
done
[ $i -gt 500 ] || fail "only $i ranges"
md_stop /dev/md0
expect 512 sh -c "mdadm --examine-badblocks ${DISK[1]} | grep -c sectors"

# Without a log on the member there is no list
mdadm --zero-superblock "${DISK[@]:0:2}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=0.90 --bitmap=none \
	--size=16M --assume-clean "${DISK[@]:0:2}"
must_fail bad "10000 8" 2>/dev/null
expect "" bad
md_stop /dev/md0
