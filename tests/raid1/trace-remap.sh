#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The block layer's trace tells where on the members a request went.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

trace=/sys/kernel/tracing
[ -e $trace/trace ] || mount -t tracefs tracefs $trace || skip "no tracing"
event=$trace/events/block/block_bio_remap/enable
[ -e $event ] || skip "no block_bio_remap"

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --assume-clean \
	"${DISK[@]:0:2}"
echo >$trace/trace
echo 1 >$event
dd if=/dev/zero of=/dev/md0 bs=4k seek=123 count=1 oflag=direct status=none
echo 0 >$event
cat $trace/trace
for d in "${DISK[@]:0:2}"; do
	to=$((984 + $(member_attr /dev/md0 "$d" offset)))
	grep -q "$(dev_no "$d" | tr : ,) W[A-Z]* $to + 8 <- (9,0) 984" \
		$trace/trace || fail "nothing about $d, sector $to"
done
md_stop /dev/md0
