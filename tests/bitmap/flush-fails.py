#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What flush-fails.sh says. The bit is one of the bitmap's second page, as the first is
written with every superblock."""

import mmap
import os
import struct
import subprocess
import sys
import threading
import time

from nbdmember import FLUSH, Members
from sysfs import read, store

SIZE = 160 << 20
CHUNK = 4096
WHERE = 140 << 20	# bit 35840: 30720 are on the first page
BITMAP = SIZE - 65536 + 4096 + 256	# of 0.90: behind the superblock and its own
MD = "/sys/block/md0/md/"
LIMIT = 60 * int(os.environ.get("TIMEOUT_SCALE") or 1)
FLAGS = struct.Struct("<3q")	# hold flushes, one is held, how many fail


class Holding(Members):
    """All flushes can be held, and then fail."""

    def __init__(self, count, size):
        self.flags = mmap.mmap(-1, FLAGS.size)
        super().__init__(count, size)

    def get(self):
        return list(FLAGS.unpack_from(self.flags))

    def put(self, *values):
        FLAGS.pack_into(self.flags, 0, *values)

    def _fails(self, device, kind, sector):
        if kind != FLUSH:
            return False
        while self.get()[0]:
            self.put(1, 1, self.get()[2])
            time.sleep(0.01)
        hold, held, fail = self.get()
        self.put(hold, held, max(0, fail - 1))
        return fail > 0


def until(what, condition):
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"# FAIL: never: {what}")
        time.sleep(0.02)


def mdadm(*words):
    return not subprocess.run(["mdadm", "--quiet", *words], check=False,
                              stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def need(*words):
    until("mdadm " + " ".join(words), lambda: mdadm(*words))


def bit(member):
    return member[BITMAP + WHERE // CHUNK // 8] >> WHERE // CHUNK % 8 & 1


def sleeping(thread):
    with open(f"/proc/self/task/{thread.native_id}/stat", encoding="ascii") as f:
        return f.read().rsplit(")", 1)[1].split()[0] == "D"


def run(function, *args):
    thread = threading.Thread(target=function, args=args)
    thread.start()
    return thread


def idle():
    return read(MD + "sync_action") == "idle"


def main():
    nbd = Holding(2, SIZE)
    need("--create", "/dev/md0", "--run", "--level=1", "--raid-devices=2", "--metadata=0.90",
         "--bitmap=internal", "--bitmap-chunk=4K", "--assume-clean", *nbd.paths)
    store(MD + "safe_mode_delay", "0")
    # mdadm has set them all
    store(MD + "bitmap/time_base", "1")
    until("bits are cleared", lambda: not any(bit(member) for member in nbd.memory))
    buf = mmap.mmap(-1, 4096)
    fd = os.open("/dev/md0", os.O_WRONLY | os.O_DIRECT)
    os.pwrite(fd, buf, 0)
    buf[:] = b"N" * 4096

    nbd.put(1, 0, 0)
    asks = run(store, MD + "dev-nbd0/state", "failfast")
    until("a flush is held", lambda: nbd.get()[1])
    writer = run(os.pwrite, fd, buf, WHERE)
    until("the write waits for its bit", lambda: sleeping(writer))
    nbd.put(0, 0, 2)
    for thread in asks, writer:
        thread.join(LIMIT)
        if thread.is_alive():
            os.write(2, b"# FAIL: it doesn't end\n")
            os._exit(1)
    os.close(fd)
    if nbd.get()[2]:
        sys.exit("# FAIL: not both have failed")
    failed = [p for p in nbd.paths
              if "faulty" in read(f"{MD}dev-{os.path.basename(p)}/state")]
    if len(failed) != 1:
        sys.exit(f"# FAIL: {failed} are faulty")
    need("/dev/md0", "--remove", *failed)
    # What only this array's memory knew is gone
    need("--stop", "/dev/md0")
    need("--assemble", "--run", "/dev/md0", *(p for p in nbd.paths if p not in failed))
    need("/dev/md0", "--re-add", *failed)
    until("recovered", lambda: idle() and read(MD + "degraded") == "0")
    store(MD + "sync_action", "check")
    until("checked", lambda: idle() and read(MD + "last_sync_action") == "check")
    differ = read(MD + "mismatch_cnt")
    need("--stop", "/dev/md0")
    nbd.close()
    if differ != "0":
        sys.exit(f"# FAIL: {differ} sectors differ after the re-add")


main()
