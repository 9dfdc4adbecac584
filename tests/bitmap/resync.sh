#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# After power was lost under load a resync looks only at what the bitmap names, and
# leaves no difference.
# debug: yes
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2
dm_members 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=80M \
	--bitmap=internal --bitmap-chunk=1M --assume-clean "${MEMBERS[@]}"
fill /dev/md0
md_attr /dev/md0 bitmap/time_base 0.2
wait_for 60 bits_cleared
md_attr /dev/md0 bitmap/time_base 60
md_attr /dev/md0 safe_mode_delay 0
data=$(member_attr /dev/md0 "${MEMBERS[0]}" offset)
dd if=/dev/urandom of=/dev/md0 bs=64k count=4 seek=100 oflag=direct,dsync status=none
lose_writes "$data" 0
dd if=/dev/urandom of=/dev/md0 bs=64k count=20 seek=160 oflag=direct status=none
lose_power /dev/md0

md_assemble /dev/md0 "${MEMBERS[@]}"
before=$(sectors_read "${DISK[0]}")
[ "$(md_attr /dev/md0 resync_start)" = 0 ]
! array_is /dev/md0 read-auto || mdadm --readwrite /dev/md0
wait_for 120 resynced /dev/md0
after=$(sectors_read "${DISK[0]}")
# 80 MiB would be 163840 sectors; seven chunks at most are in doubt
echo "# $((after - before)) sectors read"
[ $((after - before)) -lt 32768 ]
same /dev/md0
md_stop /dev/md0
