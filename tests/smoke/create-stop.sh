#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A RAID1 is created, filled, stopped, assembled again and has the same content.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 "${DISK[0]}" "${DISK[1]}"
wait_sync /dev/md0
fill /dev/md0 16
before=$(digest /dev/md0 16)
md_stop /dev/md0
wait_for 60 array_gone /dev/md0

md_assemble /dev/md0 "${DISK[0]}" "${DISK[1]}"
expect "$before" digest /dev/md0 16
md_stop /dev/md0
