#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every file of a member is read and written, with sense and without, while the
# member is added, failed, removed, replaced, and the array stopped; files that were
# opened before are used when the member or the array is gone.
# Documentation/races.md, 4.
# debug: yes
# kmemleak: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

echo 0 >/sys/module/md_mod/parameters/start_ro
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=internal \
	--size=16M --assume-clean "${DISK[@]:0:2}"
fill /dev/md0
before=$(digest /dev/md0)
python3 "$(dirname "$0")/member-files.py" 20 "${DISK[@]:0:3}" ||
	fail "see above"
# The first disk was left alone
md_stop /dev/md0
mdadm --zero-superblock "${DISK[@]:1:2}" 2>/dev/null || :
mdadm --assemble --quiet --run /dev/md0 "${DISK[0]}"
expect "$before" digest /dev/md0
md_stop /dev/md0
