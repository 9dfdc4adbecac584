#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member that fails while it is rebuilt is out; the next spare is rebuilt.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

make_dm_member weak "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=32M \
	"${DISK[0]}" missing
fill /dev/md0
before=$(digest /dev/md0)
md_attr /dev/md0 sync_max 16384	# where it waits
mdadm --quiet --add /dev/md0 /dev/mapper/weak
wait_for 60 sync_running /dev/md0 recover
mdadm --quiet --add /dev/md0 "${DISK[2]}"
dm_set_error weak all
md_attr /dev/md0 sync_max max
wait_for 60 member_is /dev/md0 /dev/mapper/weak faulty
wait_recovered /dev/md0
expect "$before" digest /dev/md0
md_remove /dev/md0 /dev/mapper/weak
grep -q '\[2/2\] \[UU\]' /proc/mdstat || fail "mdstat doesn't say 2/2"
md_stop /dev/md0
expect "$before" digest "${DISK[2]}" 32
