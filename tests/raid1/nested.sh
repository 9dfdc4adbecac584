#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An array as a member of an array: resync, loss of a member below, data intact.
# debug: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 4

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=32M "${DISK[@]:0:2}"
md_create /dev/md1 --level=1 --raid-devices=2 --metadata=1.2 --size=32M "${DISK[@]:2:2}"
md_create /dev/md2 --level=1 --raid-devices=2 --metadata=1.2 --size=24M /dev/md0 /dev/md1
fill /dev/md2
before=$(digest /dev/md2)
for d in 0 1 2; do wait_sync "/dev/md$d"; done
mdadm --quiet --fail /dev/md0 "${DISK[0]}"
expect "$before" digest /dev/md2
mdadm --quiet --fail /dev/md2 /dev/md1
expect "$before" digest /dev/md2
fill /dev/md2 8
before=$(digest /dev/md2)
md_remove /dev/md2 /dev/md1
mdadm --quiet --add /dev/md2 /dev/md1
wait_recovered /dev/md2
md_attr /dev/md2 sync_action check
wait_sync /dev/md2
expect 0 md_attr /dev/md2 mismatch_cnt
must_fail mdadm --quiet --stop /dev/md1 2>/dev/null
md_stop /dev/md2
md_stop /dev/md1
md_stop /dev/md0
md_assemble /dev/md0 "${DISK[1]}" --run
md_assemble /dev/md1 "${DISK[@]:2:2}"
md_assemble /dev/md2 /dev/md0 /dev/md1
expect "$before" digest /dev/md2
md_stop /dev/md2
md_stop /dev/md1
md_stop /dev/md0
