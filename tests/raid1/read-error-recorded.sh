#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sectors that a member can't read, not even after they were rewritten, are read
# from the other one and become bad blocks; the member stays.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member weak "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --assume-clean \
	/dev/mapper/weak --write-mostly "${DISK[1]}"
fill /dev/md0 8
before=$(digest /dev/md0 8)
expect "" bad_ranges /dev/md0 /dev/mapper/weak
dm_set_error weak read 4096 8
expect "$before" digest /dev/md0 8
expect "4096 8" bad_ranges /dev/md0 /dev/mapper/weak
expect 0 md_attr /dev/md0 degraded

# Honoured: nobody reads there any more, and the list survives a restart
dm_set_error weak all 4096 8
expect "$before" digest /dev/md0 8
dm_clear_error weak
md_stop /dev/md0
md_assemble /dev/md0 /dev/mapper/weak "${DISK[1]}"
expect "4096 8" bad_ranges /dev/md0 /dev/mapper/weak
expect "$before" digest /dev/md0 8
md_stop /dev/md0
