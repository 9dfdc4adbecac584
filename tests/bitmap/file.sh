#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A bitmap in a file: set, shown, used by --re-add, kept over a stop, removed; one
# that is old or cut short isn't trusted, what is no bitmap isn't touched.
# debug: yes
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2
bmfile=$(dirname "$0")/bmfile.py
file=/root/bitmap other=/root/other
trap 'rm -f $file $other' EXIT
file_dirty() { [ "$("$bmfile" dirty $file)" = "$1" ]; }
# assemble: by hand, so that the file can be set in between
assemble() {
	echo md0 >/sys/module/md_mod/parameters/new_array
	md_attr /dev/md0 metadata_version 1.2
	md_attr /dev/md0 new_dev "$(dev_no "${DISK[0]}")"
	md_attr /dev/md0 new_dev "$(dev_no "${DISK[1]}")"
	"$bmfile" set /dev/md0 "$1"
	echo active >/sys/block/md0/md/array_state
}

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=64M \
	--bitmap=none --assume-clean "${DISK[@]:0:2}"
uuid=$(md_attr /dev/md0 uuid)
"$bmfile" create $file "$uuid" 131072 1048576 1
"$bmfile" set /dev/md0 $file
must_fail "$bmfile" set /dev/md0 $file
expect file md_attr /dev/md0 bitmap/location
grep -q "bitmap: .* file: $file" /proc/mdstat
mdadm -D /dev/md0 | grep "Intent Bitmap : $file" >/dev/null
fill /dev/md0 16
wait_for 60 file_dirty 0

mdadm -q /dev/md0 --fail "${DISK[1]}"
md_remove /dev/md0 "${DISK[1]}"
dd if=/dev/zero of=/dev/md0 bs=1M seek=20 count=2 oflag=direct,dsync status=none
expect 2 "$bmfile" dirty $file
before=$(sectors_written "${DISK[1]}")
mdadm -q /dev/md0 --re-add "${DISK[1]}"
wait_recovered /dev/md0
[ $(($(sectors_written "${DISK[1]}") - before)) -lt 12000 ]
wait_for 60 file_dirty 0
same /dev/md0
want=$(digest /dev/md0)
# Kept by the file: no bit that is seen below is cleared before
md_attr /dev/md0 bitmap/time_base 60
md_stop /dev/md0

echo "# no bitmap"
fill $other 1
before=$(digest $other)
must_fail assemble $other
expect "$before" digest $other
md_attr /dev/md0 array_state clear

echo "# cut short: all of it may be set"
truncate -s 258 $file
assemble $file
kernel_log | grep "bitmap can't be read" >/dev/null
expect "$want" digest /dev/md0
expect 60 md_attr /dev/md0 bitmap/time_base
dd if=/dev/zero of=/dev/md0 bs=1M seek=30 count=1 oflag=direct,dsync status=none
expect 64 "$bmfile" dirty $file
cp $file $other
md_stop /dev/md0

echo "# old"
assemble $other
kernel_log | grep 'bitmap is out of date' >/dev/null
same /dev/md0
"$bmfile" set /dev/md0 -
expect none md_attr /dev/md0 bitmap/location
must_fail "$bmfile" set /dev/md0 -
md_stop /dev/md0
