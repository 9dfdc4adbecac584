#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Reads and writes of any size at any sector give what a plain file would, and
# leave the same on every one of four members.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 4

md_create /dev/md0 --level=1 --raid-devices=4 --metadata=1.0 --size=32M \
	--assume-clean "${DISK[@]:0:4}"
python3 - /dev/md0 <<'END'
import mmap, os, random, sys
r = random.Random(1)
size = 32 << 20
fd = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT)
model = bytearray(size)
buf = mmap.mmap(-1, 2 << 20)
os.pwritev(fd, [memoryview(buf)[:1 << 20]] , 0)
for i in range(32):
    os.pwritev(fd, [memoryview(buf)[:1 << 20]], i << 20)
for i in range(600):
    n = 512 * r.choice([1, 2, 7, 8, 64, 255, 256, 1024, r.randrange(1, 4096)])
    at = 512 * r.randrange(0, (size - n) // 512 + 1)
    if r.random() < 0.5:
        data = r.randbytes(n)
        buf[:n] = data
        assert os.pwritev(fd, [memoryview(buf)[:n]], at) == n
        model[at:at + n] = data
    else:
        assert os.preadv(fd, [memoryview(buf)[:n]], at) == n
        assert buf[:n] == model[at:at + n], f"sector {at // 512}, {n // 512} long"
os.fsync(fd)
for at in range(0, size, 1 << 20):
    os.preadv(fd, [memoryview(buf)[:1 << 20]], at)
    assert buf[:1 << 20] == model[at:at + (1 << 20)], f"MiB {at >> 20}"
END
whole=$(digest /dev/md0 32)
md_stop /dev/md0
for disk in "${DISK[@]:0:4}"; do
	expect "$whole" digest "$disk" 32
done
