#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A list of bad blocks that is longer than a page: sysfs shows whole lines of it, and
# nothing that does not belong to it.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=16M \
	--assume-clean "${DISK[@]:0:2}"
first=100000
list=/sys/block/md0/md/dev-$(md_dev "${DISK[1]}")/bad_blocks
for ((i = 0; i < 500; i++)); do echo "$((first + 16 * i)) 8" >"$list"; done
shown=$(member_attr /dev/md0 "${DISK[1]}" bad_blocks | tr '\0' '#')
n=$(wc -l <<<"$shown")
[ "$n" -gt 300 ] || fail "only $n lines"
expect "$(for ((i = 0; i < n; i++)); do echo "$((first + 16 * i)) 8"; done)" \
	echo "$shown"
md_stop /dev/md0
