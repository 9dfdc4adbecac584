#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sectors that a member can't write become its bad blocks; they are read from the
# other member, left alone by later writes, and cured when writing works again.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member weak "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --assume-clean \
	/dev/mapper/weak "${DISK[1]}"
dm_set_error weak all 2048 16
fill /dev/md0 8
before=$(digest /dev/md0 8)
expect "2048 16" bad_ranges /dev/md0 /dev/mapper/weak
expect "" member_attr /dev/md0 /dev/mapper/weak unacknowledged_bad_blocks
member_is /dev/md0 /dev/mapper/weak write_error || fail "no write_error"
member_is /dev/md0 /dev/mapper/weak want_replacement || fail "no want_replacement"
expect 0 md_attr /dev/md0 degraded

# Writes across it, into it, and next to it
for where in 2040:32 2052:4 2064:8; do
	bytes=$((${where#*:} * 512))
	dd if=<(random_stream "$where" $bytes) of=/dev/md0 bs=$bytes count=1 \
		iflag=fullblock oflag=direct,seek_bytes \
		seek=$((${where%:*} * 512)) status=none
done
before=$(digest /dev/md0 8)
expect "2048 16" bad_ranges /dev/md0 /dev/mapper/weak

dm_clear_error weak
member_attr /dev/md0 /dev/mapper/weak state -write_error
fill /dev/md0 8
before=$(digest /dev/md0 8)
expect "" bad_ranges /dev/md0 /dev/mapper/weak
mdadm --quiet --fail /dev/md0 "${DISK[1]}"
expect "$before" digest /dev/md0 8
md_stop /dev/md0
