#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Without a partial parity log its place is 0, whatever was written to its size.
# 0.90 can't record one, so neither can be written.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

for format in 0.90 1.0 1.1 1.2; do
	md_create /dev/md0 --level=1 --raid-devices=2 --metadata=$format \
		--bitmap=none --size=16M --assume-clean "${DISK[@]:0:2}"
	for d in "${DISK[@]:0:2}"; do
		expect 0 member_attr /dev/md0 "$d" ppl_sector
		expect 0 member_attr /dev/md0 "$d" ppl_size
	done
	if [ $format = 0.90 ]; then
		must_fail member_attr /dev/md0 "${DISK[0]}" ppl_size 8 2>/dev/null
		must_fail member_attr /dev/md0 "${DISK[0]}" ppl_sector 0 2>/dev/null
	else
		member_attr /dev/md0 "${DISK[0]}" ppl_size 8
	fi
	expect 0 member_attr /dev/md0 "${DISK[0]}" ppl_sector
	md_stop /dev/md0
	md_assemble /dev/md0 "${DISK[@]:0:2}"
	expect 0 member_attr /dev/md0 "${DISK[0]}" ppl_sector
	expect 0 member_attr /dev/md0 "${DISK[0]}" ppl_size
	md_stop /dev/md0
done
