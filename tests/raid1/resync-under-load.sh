#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Members that differ everywhere are made equal while the array is written: what
# is written stays, and check finds nothing after.
# debug: yes
# timeout: 400
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

for d in "${DISK[@]:0:3}"; do
	random_stream "$d" $((64 << 20)) | dd of="$d" bs=1M iflag=fullblock \
		oflag=direct status=none
done
md_create /dev/md0 --level=1 --raid-devices=3 --metadata=1.0 --size=64M "${DISK[@]:0:3}"
python3 - /dev/md0 <<'END'
import mmap, os, random, sys
r = random.Random(7)
fd = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT)
buf = mmap.mmap(-1, 65536)
written = {}
action = "/sys/block/md0/md/sync_action"
rounds = 0
while rounds < 300 or (open(action).read() != "idle\n" and rounds < 20000):
    rounds += 1
    at = 4096 * r.randrange(0, 16368)
    if at in written or r.random() < 0.7:
        data = r.randbytes(16) * 256
        buf[:4096] = data
        os.pwritev(fd, [memoryview(buf)[:4096]], at)
        written[at] = data
    else:
        os.preadv(fd, [memoryview(buf)[:4096]], at)
        first = buf[:4096]
        os.preadv(fd, [memoryview(buf)[:4096]], at)
        assert buf[:4096] == first, "two reads, two answers"
for at, data in written.items():
    os.preadv(fd, [memoryview(buf)[:4096]], at)
    assert buf[:4096] == data, f"lost what was written at {at}"
END
wait_sync /dev/md0
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
md_stop /dev/md0
expect "$(digest "${DISK[0]}" 64)" digest "${DISK[1]}" 64
expect "$(digest "${DISK[0]}" 64)" digest "${DISK[2]}" 64
