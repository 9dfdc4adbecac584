#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""no-memory.py DISK...: takes an array from nothing to running and back through
sysfs again and again. Each time the next allocation of one step fails; the step
may then fail, but must succeed when it's done again."""

import os
import sys
import time

DISKS = sys.argv[1:]
NAME = "md77"
MD = f"/sys/block/{NAME}/md"
MOST = 80	# injections per step


def store(path, text):
    handle = os.open(path, os.O_WRONLY)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def number(disk):
    dev = os.stat(disk).st_rdev
    return f"{os.major(dev)}:{os.minor(dev)}"


def gone():
    end = time.monotonic() + 100
    while os.path.exists(MD):
        if time.monotonic() > end:
            sys.exit(f"{NAME} doesn't go away")
        time.sleep(0.01)


STEPS = [
    ("create", lambda: os.path.exists(MD)
     or store("/sys/module/md_mod/parameters/new_array", NAME)),
    ("metadata", lambda: store(MD + "/metadata_version", "1.2")),
    *[(f"member {disk}", lambda disk=disk: store(MD + "/new_dev", number(disk)))
      for disk in DISKS],
    ("run", lambda: store(MD + "/array_state", "readonly")),
    ("limit", lambda: store(MD + "/suspend_hi", "0")),
    ("stop", lambda: store(MD + "/array_state", "clear")),
]


class Injector:
    """Makes the n-th allocation of this thread fail."""

    def __init__(self):
        self.handle = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def set(self, n):
        os.pwrite(self.handle, str(n).encode(), 0)

    def left(self):
        return int(os.pread(self.handle, 20, 0).strip(b"\0\n") or 0)


def attempt(injector, target, n):
    """One life of the array. False if the step has less than n allocations."""
    hit = False
    for index, (name, step) in enumerate(STEPS):
        if index == target:
            error = None
            injector.set(n)
            try:
                step()
            except OSError as err:
                error = err
            hit = injector.left() == 0
            injector.set(0)
            if error is None:
                continue
            if not hit:
                sys.exit(f"{name}: {error}, without an injected failure")
        try:
            step()
        except OSError as err:
            sys.exit(f"{name}: {err}, after allocation {n} of {STEPS[target][0]} failed")
    gone()
    return hit


def main():
    injector = Injector()
    for target, (name, _) in enumerate(STEPS):
        n = 0
        while n < MOST and attempt(injector, target, n + 1):
            n += 1
        print(f"# {name}: {n} allocations failed", flush=True)


if __name__ == "__main__":
    main()
