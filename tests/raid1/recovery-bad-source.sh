#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sectors that the only source can't supply become bad blocks of the member that
# is rebuilt; all the rest is copied.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member source "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=16M \
	/dev/mapper/source missing
fill /dev/md0
before=$(digest /dev/md0)
dm_set_error source read 6000 16
mdadm --quiet --add /dev/md0 "${DISK[1]}"
wait_recovered /dev/md0
expect "6000 16" bad_ranges /dev/md0 "${DISK[1]}"
must_fail dd if=/dev/md0 of=/dev/null bs=512 skip=6000 count=8 iflag=direct status=none 2>/dev/null
dm_clear_error source
expect "$before" digest /dev/md0

# Once the sectors are written both have them
dd if=<(random_stream y 8192) of=/dev/md0 bs=512 seek=6000 count=16 oflag=direct \
	iflag=fullblock status=none
expect "" bad_ranges /dev/md0 "${DISK[1]}"
before=$(digest /dev/md0)
md_stop /dev/md0
expect "$before" digest "${DISK[1]}" 16
