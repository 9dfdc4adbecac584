#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A new member with sectors that can't be written is rebuilt all the same, with
# these as bad blocks.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member weak "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=16M \
	"${DISK[0]}" missing
fill /dev/md0
before=$(digest /dev/md0)
dm_set_error weak all 6000 16
mdadm --quiet --add /dev/md0 /dev/mapper/weak
wait_recovered /dev/md0
expect "6000 16" bad_ranges /dev/md0 /dev/mapper/weak
expect "$before" digest /dev/md0
dm_clear_error weak
md_stop /dev/md0
