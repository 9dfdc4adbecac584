#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where the bitmap can't be written any more, to the last good member or to its file,
# the array goes on without it, and nobody trusts it later.
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 3
bmfile=$(dirname "$0")/bmfile.py

echo "# the last member"
dm_members 2
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=40M \
	--bitmap=internal --bitmap-chunk=1M --assume-clean "${MEMBERS[@]}"
place=$((8 + $(md_attr /dev/md0 bitmap/location)))
fill /dev/md0
mdadm -q /dev/md0 --fail "${MEMBERS[1]}"
md_remove /dev/md0 "${MEMBERS[1]}"
wait_for 60 array_is /dev/md0 clean
size=$(blockdev --getsz "${DISK[0]}")
{
	echo "0 $place linear ${DISK[0]} 0"
	echo "$place 8 error"
	echo "$((place + 8)) $((size - place - 8)) linear ${DISK[0]} $((place + 8))"
} | dm_table m0
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=100 oflag=direct,dsync status=none
kernel_log | grep "md0: bitmap can't be written" >/dev/null
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=300 oflag=direct,dsync status=none
want=$(digest /dev/md0)
must_fail mdadm -q /dev/md0 --re-add "${MEMBERS[1]}"
md_stop /dev/md0
dm_clear_error m0
md_assemble /dev/md0 --run "${MEMBERS[0]}"
kernel_log | grep 'md0: bitmap is out of date' >/dev/null
expect "$want" digest /dev/md0
md_stop /dev/md0

echo "# a file, of an array without superblocks, with writes that wait for it"
for m in "${MEMBERS[@]}"; do mdadm --zero-superblock "$m"; done
make_dm_member fs "${DISK[2]}"
mkfs.ext4 -q /dev/mapper/fs
mount /dev/mapper/fs "$MNT"
"$bmfile" create $MNT/bitmap 00000000-00000000-00000000-00000000 81920 1048576 5
mdadm -q --build /dev/md0 --level=1 --raid-devices=2 --assume-clean --size=40M "${MEMBERS[@]}"
"$bmfile" set /dev/md0 $MNT/bitmap
md_attr /dev/md0 bitmap/time_base 0.2
wait_for 60 bits_cleared
md_attr /dev/md0 bitmap/time_base 60
dmsetup suspend --noflush --nolockfs fs
bits_set() { ! bits_cleared; }
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=100 oflag=direct status=none &
wait_for 60 bits_set
stuck() { grep -qs md_sb_work /proc/[0-9]*/stack; }
wait_for 60 stuck
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=300 oflag=direct status=none &
second=$!
parked() { grep -qs blkdev_direct_IO "/proc/$second/stack"; }
wait_for 60 parked
dmsetup load fs --table "0 $(blockdev --getsz "${DISK[2]}") error"
dmsetup resume --noflush fs
wait
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=500 oflag=direct,dsync status=none
md_stop /dev/md0
umount -l "$MNT" || :
mdadm --zero-superblock "${MEMBERS[@]}" 2>/dev/null || :

echo "# no member left"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=40M \
	--bitmap=internal --bitmap-chunk=1M --assume-clean "${MEMBERS[@]}"
md_attr /dev/md0 fail_last_dev 1
md_attr /dev/md0 safe_mode_delay 0
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 oflag=direct status=none
dm_set_error m0 all
dm_set_error m1 all
must_fail dd if=/dev/zero of=/dev/md0 bs=64k count=1 seek=100 oflag=direct status=none
must_fail dd if=/dev/zero of=/dev/md0 bs=64k count=1 seek=300 oflag=direct status=none
md_stop /dev/md0
