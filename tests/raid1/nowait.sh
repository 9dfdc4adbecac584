#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A request that must not wait either is done or says EAGAIN; what it did is
# complete on both members.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=16M "${DISK[@]:0:2}"
python3 - /dev/md0 <<'END'
import errno, mmap, os, random, sys
r = random.Random(3)
fd = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT)
buf = mmap.mmap(-1, 65536)
for at in range(0, 16 << 20, 65536):
    os.pwritev(fd, [buf], at)
model = {}
done = {"read": 0, "write": 0}
rounds = 0
# A busy array may say EAGAIN most of the time
while rounds < 2000 or min(done.values()) <= 100:
    rounds += 1
    at = 4096 * r.randrange(0, 4096)
    try:
        if r.random() < 0.5:
            data = r.randbytes(16) * 256
            buf[:4096] = data
            os.pwritev(fd, [memoryview(buf)[:4096]], at, os.RWF_NOWAIT)
            model[at] = data
            done["write"] += 1
        else:
            os.preadv(fd, [memoryview(buf)[:4096]], at, os.RWF_NOWAIT)
            assert buf[:4096] == model.get(at, bytes(4096))
            done["read"] += 1
    except OSError as e:
        assert e.errno == errno.EAGAIN, e
print("#", done)
END
wait_sync /dev/md0
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
md_stop /dev/md0
