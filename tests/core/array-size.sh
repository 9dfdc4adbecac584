#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# array_size clips what is exported, at once, and stays when the array grows.
. "$(dirname "$0")/../lib/rc.sh"
mdctl=$(dirname "$0")/mdctl.py
size=/sys/block/md0/md/array_size
bytes() { blockdev --getsize64 /dev/md0; }
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --size=32M --bitmap=none --assume-clean "${DISK[@]:0:2}"
expect default cat $size
expect ok "$mdctl" write $size 16384
expect 16384 cat $size
expect $((16 << 20)) bytes
[ "$(dd if=/dev/md0 bs=4k count=1 skip=4096 iflag=direct status=none 2>/dev/null | wc -c)" = 0 ] ||
	fail "readable behind the end"
expect E2BIG "$mdctl" write $size 32769
expect EINVAL "$mdctl" write $size 9223372036854775807
expect $((16 << 20)) bytes

# Growing and shrinking the members' part
expect ok "$mdctl" write /sys/block/md0/md/component_size 49152
wait_sync /dev/md0
expect $((16 << 20)) bytes
expect EINVAL "$mdctl" write /sys/block/md0/md/component_size 8192
expect 49152 md_attr /dev/md0 component_size
expect ok "$mdctl" write $size default
expect default cat $size
expect $((48 << 20)) bytes
# udev was told, too
expect $((48 << 11)) cat /sys/block/md0/size

# Only while it runs: a stopped array forgets it
expect ok "$mdctl" write $size 16384
md_stop /dev/md0
md_assemble /dev/md0 "${DISK[@]:0:2}"
expect $((48 << 20)) bytes
md_stop /dev/md0
