#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A spare takes over from a member that wants replacement, which stays in use
# until the copy is complete; the array is never degraded.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=64M \
	--assume-clean "${DISK[@]:0:2}"
fill /dev/md0
before=$(digest /dev/md0)
mdadm --quiet --add /dev/md0 "${DISK[2]}"
md_attr /dev/md0 sync_max 65536	# where it waits
mdadm --quiet --replace /dev/md0 "${DISK[0]}"
half_way() { [[ $(md_attr /dev/md0 sync_completed) == 65536\ * ]]; }
wait_for 60 half_way
member_is /dev/md0 "${DISK[2]}" replacement || fail "$(member_attr /dev/md0 "${DISK[2]}" state)"
grep -q '(R)' /proc/mdstat || fail "mdstat doesn't say (R)"
expect 0 md_attr /dev/md0 degraded
# Written where it was and where it comes to: has to reach the replacement, too
dd if=<(random_stream x $((4 << 20))) of=/dev/md0 bs=64k oflag=direct \
	iflag=fullblock status=none
dd if=<(random_stream y $((4 << 20))) of=/dev/md0 bs=64k seek=768 oflag=direct \
	iflag=fullblock status=none
before=$(digest /dev/md0)
md_attr /dev/md0 sync_max max
replaced() { member_is /dev/md0 "${DISK[0]}" faulty && sync_idle /dev/md0; }
wait_for 60 replaced
expect 0 md_attr /dev/md0 degraded
expect "$before" digest /dev/md0
grep -q '\[2/2\] \[UU\]' /proc/mdstat || fail "mdstat doesn't say 2/2"
md_remove /dev/md0 "${DISK[0]}"
expect 0 member_attr /dev/md0 "${DISK[2]}" slot
md_stop /dev/md0
expect "$before" digest "${DISK[2]}" 64
mdadm --zero-superblock "${DISK[0]}"
md_assemble /dev/md0 "${DISK[1]}" "${DISK[2]}"
expect 0 md_attr /dev/md0 degraded
md_stop /dev/md0
