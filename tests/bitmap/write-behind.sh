#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Writes behind on a slow write-mostly member: acknowledged without it, bounded by
# the backlog, in order, all there in the end; a read that only this member can
# serve waits for them.
# debug: yes
# timeout: 300
. "$(dirname "$0")/common.sh"
need_disks 2
modprobe -q dm-delay || skip "no dm-delay"
dm_members 2
delay() { echo "0 $(blockdev --getsz "${DISK[1]}") delay ${DISK[1]} 0 0 ${DISK[1]} 0 $1" | dm_table m1; }

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --size=64M --assume-clean \
	--bitmap=internal --bitmap-chunk=64M --write-behind=64 "${MEMBERS[0]}" --write-mostly "${MEMBERS[1]}"
expect 64 md_attr /dev/md0 bitmap/backlog
member_is /dev/md0 "${MEMBERS[1]}" write_mostly
# The bit of the only chunk stays set
dd if=/dev/zero of=/dev/md0 bs=4k count=1 oflag=direct status=none
fill /dev/md0 1
delay 1000

start=$(date +%s%3N)
dd if=/dev/urandom of=/dev/md0 bs=64k count=20 seek=32 oflag=direct status=none
end=$(date +%s%3N)
used=$(md_attr /dev/md0 bitmap/max_backlog_used)
echo "# 20 writes took $((end - start)) ms, backlog $used"
[ "$used" -ge 2 ]
[ "$used" -le 64 ]
# The same block over and over: the last one counts
for ((i = 0; i < 3; i++)); do
	dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=100 oflag=direct status=none
done

# Only the slow member is left to read from
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=200 oflag=direct status=none
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=200 oflag=direct status=none
data=$(dd if=/dev/md0 bs=64k count=1 skip=200 iflag=direct status=none | sha256sum)
dm_set_error m0 read
expect "$data" sh -c "dd if=/dev/md0 bs=64k count=1 skip=200 iflag=direct status=none | sha256sum"
dm_clear_error m0

echo 0 >/sys/block/md0/md/bitmap/max_backlog_used
md_attr /dev/md0 bitmap/backlog 0
dd if=/dev/urandom of=/dev/md0 bs=64k count=1 seek=10 oflag=direct status=none
expect 0 md_attr /dev/md0 bitmap/max_backlog_used
delay 0
same /dev/md0
want=$(digest /dev/md0)
mdadm -q /dev/md0 --fail "${MEMBERS[0]}"
expect "$want" digest /dev/md0
md_stop /dev/md0
