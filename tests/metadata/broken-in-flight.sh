#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A write that one member missed ends just after the array broke: nothing records
# that failure any more, so the write fails, too.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2
need_command pgrep
modprobe -q dm-delay || skip "dm-delay is not there"

size=$(sectors_of "${DISK[1]}")
make_dm_member a "${DISK[0]}"
dmsetup create sb --table "0 2048 linear ${DISK[1]} 0"
dmsetup create data --table "0 $((size - 2048)) linear ${DISK[1]} 2048"
dmsetup create b <<-END
	0 2048 linear /dev/mapper/sb 0
	2048 $((size - 2048)) linear /dev/mapper/data 0
END
udevadm settle
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M --assume-clean /dev/mapper/a /dev/mapper/b
md_attr /dev/md0 safe_mode_delay 0
write() { dd if=/dev/zero of=/dev/md0 bs=4k seek="$1" count=1 oflag=direct status=none; }
write 0

# One member refuses the write and fails, the other one dawdles, and can't take
# the superblock that should say so
dm_set_error a write
echo "0 2048 error" | dm_table sb
# Flushes go through: the superblock's would wait as well
echo "0 $((size - 2048)) delay ${DISK[1]} 2048 0 ${DISK[1]} 2048 600000 ${DISK[1]} 2048 0" |
	dm_table data
write 100 2>/dev/null &
pid=$!
asleep() { pgrep -P $pid --runstates D,I >/dev/null; }
wait_for 60 asleep
must_fail mdadm --quiet /dev/md0 --fail /dev/mapper/a 2>/dev/null
wait_for 60 array_is /dev/md0 broken
kill -0 $pid || fail "the write has ended before its time"
# Releases what is delayed
dmsetup suspend --nolockfs data
dmsetup resume data
must_fail wait $pid
must_fail write 101 2>/dev/null
dm_clear_error a
md_stop /dev/md0
