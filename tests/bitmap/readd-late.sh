#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member that was re-added while a spare had its slot gets everything when that
# slot is its own again: bits were cleared meanwhile.
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 3

slotless() { [ "$(member_attr /dev/md0 "$1" slot)" = none ]; }
leave() {
	mdadm -q /dev/md0 --fail "$1"
	wait_for 60 slotless "$1"
}

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=40M \
	--bitmap=internal --bitmap-chunk=1M --assume-clean "${DISK[@]:0:2}"
fill /dev/md0
md_attr /dev/md0 bitmap/time_base 0.2
wait_for 60 bits_cleared
leave "${DISK[1]}"
dd if=/dev/urandom of=/dev/md0 bs=64k count=4 seek=100 oflag=direct status=none

md_attr /dev/md0 sync_max 8192
mdadm -q /dev/md0 --add "${DISK[2]}"
wait_for 60 sync_running /dev/md0 recover
member_attr /dev/md0 "${DISK[1]}" state re-add
md_attr /dev/md0 sync_max max
wait_recovered /dev/md0
slotless "${DISK[1]}"
wait_for 60 bits_cleared
leave "${DISK[2]}"
wait_recovered /dev/md0
member_is /dev/md0 "${DISK[1]}" in_sync
same /dev/md0
md_stop /dev/md0
