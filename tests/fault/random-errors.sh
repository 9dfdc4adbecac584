#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Requests to one member at a time fail at random: reads, writes, flushes and
# superblocks alike. What was written can always be read.
# debug: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2
inject=/sys/kernel/debug/fail_make_request
[ -e $inject ] || skip "the kernel has no fail_make_request"

md_create /dev/md0 --level=1 --raid-devices=2 --size=16M --metadata=1.2 \
	"${DISK[0]}" "${DISK[1]}"
wait_sync /dev/md0
echo 10 >$inject/probability
echo -1 >$inject/times
echo 0 >$inject/verbose
errors_on() { echo "$2" >"/sys/block/$(basename "$1")/make-it-fail"; }

for round in 1 2 3 4; do
	victim=${DISK[round % 2]}
	other=${DISK[1 - round % 2]}
	errors_on "$victim" 1
	dd if=/dev/urandom of=/tmp/data bs=1M count=4 status=none
	dd if=/tmp/data of=/dev/md0 bs=16k oflag=direct,sync status=none
	for _ in 1 2 3; do expect "$(digest /tmp/data)" digest /dev/md0 4; done
	errors_on "$victim" 0
	member_is /dev/md0 "$other" in_sync || fail "the good member failed"
	expect "$(digest /tmp/data)" digest /dev/md0 4
	echo "# $(member_attr /dev/md0 "$victim" state)," \
		"$(member_attr /dev/md0 "$victim" errors) errors"
	if member_is /dev/md0 "$victim" faulty; then
		md_remove /dev/md0 "$victim"
		mdadm --zero-superblock "$victim"
		mdadm --quiet /dev/md0 --add "$victim"
	fi
	wait_recovered /dev/md0
	dd if=/tmp/data of=/dev/md0 bs=64k oflag=direct status=none
	expect "" member_attr /dev/md0 "$victim" bad_blocks
	md_attr /dev/md0 sync_action check
	wait_sync /dev/md0
	expect 0 md_attr /dev/md0 mismatch_cnt
done
md_stop /dev/md0
