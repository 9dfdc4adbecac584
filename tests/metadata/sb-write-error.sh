#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member that doesn't take its superblock fails; the array goes on and loses
# nothing. The last good one isn't failed: the array is broken then, so writes
# give errors, reads the right data.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member a "${DISK[0]}"
make_dm_member b "${DISK[1]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=32M /dev/mapper/a /dev/mapper/b
wait_sync /dev/md0
fill /dev/md0 8
before=$(digest /dev/md0 8)
wait_for 60 array_is /dev/md0 clean

# Sector 8 on is the superblock; the data is untouched. Its next write shows it.
dm_set_error b write 0 16
dd if=/dev/zero of=/dev/md0 bs=4k seek=4000 count=1 oflag=direct status=none
expect 1 md_attr /dev/md0 degraded
member_is /dev/md0 /dev/mapper/b faulty || fail "b is not faulty"
kernel_log | grep "can't write the metadata of member $(md_dev /dev/mapper/b)" >/dev/null ||
	fail "no message"
expect "$before" digest /dev/md0 8

# Nothing tells a user of a success that is not on stable metadata.
wait_for 60 array_is /dev/md0 clean
dm_set_error a write 0 16
must_fail dd if=/dev/zero of=/dev/md0 bs=4k seek=4001 count=1 oflag=direct status=none
expect broken md_state /dev/md0
expect 1 md_attr /dev/md0 degraded
must_fail dd if=/dev/zero of=/dev/md0 bs=4k seek=4002 count=1 oflag=direct status=none
expect "$before" digest /dev/md0 8

md_stop /dev/md0
dm_clear_error a
dm_clear_error b
md_assemble /dev/md0 --run /dev/mapper/a
expect "$before" digest /dev/md0 8
mdadm --quiet --readwrite /dev/md0
dd if=/dev/zero of=/dev/md0 bs=4k seek=4003 count=1 oflag=direct status=none
md_stop /dev/md0
