#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""opener.py buffered|direct|brief DEVICE STOP: opens and closes the device until the
file STOP is there. While it is open and has a size, nobody can take the array away: two
reads have the same label. Complains, with status 1, about errors that tell a user
nothing, about an open that doesn't return, and about a label that changes."""

import errno
import mmap
import os
import signal
import sys
import time

KIND, DEVICE, STOP = sys.argv[1:4]
# No device, none behind the number, going, or being started or stopped
FAIR = {errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EBUSY}
LIMIT = 120 * int(os.environ.get("TIMEOUT_SCALE", "1"))
COUNT = {"held": 0, "empty": 0}


def label(fd, page):
    got = os.preadv(fd, [page], 0)
    return bytes(page[:got])[:8]


def look(fd, page):
    """An array runs, and will: we have it open."""
    if not os.lseek(fd, 0, os.SEEK_END):
        COUNT["empty"] += 1
        return
    COUNT["held"] += 1
    first = label(fd, page)
    time.sleep(COUNT["held"] % 5 / 100)
    second = label(fd, page)
    size = os.lseek(fd, 0, os.SEEK_END)
    if first != second or first not in (b"array 0\n", b"array 1\n") or not size:
        sys.exit(f"# FAIL: {KIND}: {first} became {second}, size {size}")


def main():
    page = mmap.mmap(-1, 4096)
    flags = os.O_RDONLY | (os.O_DIRECT if KIND == "direct" else 0)
    while not os.path.exists(STOP):
        signal.alarm(LIMIT)	# an open or a read that hangs ends us
        try:
            fd = os.open(DEVICE, flags)
        except OSError as err:
            if err.errno not in FAIR:
                sys.exit(f"# FAIL: open: {err}")
            name = errno.errorcode[err.errno]
            COUNT[name] = COUNT.get(name, 0) + 1
            time.sleep(0.005)
            continue
        try:
            if KIND != "brief":
                look(fd, page)
        except OSError as err:
            sys.exit(f"# FAIL: {KIND}: {err} while it was held open")
        finally:
            os.close(fd)
        # So that a stop has a chance
        time.sleep(0.02)
    print(f"# {KIND}: {COUNT}", flush=True)


if __name__ == "__main__":
    main()
