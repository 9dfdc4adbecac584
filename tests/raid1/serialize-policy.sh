#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# With serialize_policy, writers that overlap leave the same on both members.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --size=16M \
	--assume-clean "${DISK[@]:0:2}"
md_attr /dev/md0 serialize_policy 1
expect 1 md_attr /dev/md0 serialize_policy
python3 - /dev/md0 <<'END'
import mmap, os, random, sys, threading
def writer(seed):
    r = random.Random(seed)
    fd = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT)
    buf = mmap.mmap(-1, 65536)
    buf[:] = bytes([seed]) * 65536
    for _ in range(300):
        n = 512 * r.randrange(1, 33)
        at = 512 * r.randrange(0, 32)
        assert os.pwritev(fd, [memoryview(buf)[:n]], at) == n
threads = [threading.Thread(target=writer, args=(i,)) for i in range(1, 9)]
for t in threads: t.start()
for t in threads: t.join()
END
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
md_attr /dev/md0 serialize_policy 0
fill /dev/md0 1
md_stop /dev/md0
