#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""no-memory.py DISK DISK SPARE: takes an array from nothing to running and back
through sysfs again and again. Each time the next allocation of one step fails; the
step may then fail, but must succeed when it's done again. Then the same for changes
of a running array, each of which has one that undoes it, and for starting it with
the bitmap that is left."""

import errno
import os
import sys
import time

from sysfs import dev_number, store

DISKS = sys.argv[1:]
SPARE_DISK = DISKS[2]
NAME = "md77"
MD = f"/sys/block/{NAME}/md"
MOST = 80	# injections per step


def set_state(text):
    end = time.monotonic() + 100
    while True:
        try:
            store(MD + "/array_state", text)
            return
        except OSError as err:
            # udev may have it open for a moment
            if err.errno != errno.EBUSY or time.monotonic() > end:
                raise
        time.sleep(0.01)


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
    *[(f"member {disk}", lambda disk=disk: store(MD + "/new_dev", dev_number(disk)))
      for disk in DISKS],
    ("run", lambda: set_state("readonly")),
    ("limit", lambda: store(MD + "/suspend_hi", "0")),
    ("stop", lambda: set_state("clear")),
]


SPARE = f"{MD}/dev-{os.path.basename(SPARE_DISK)}"

CHANGES = [
    (("add a member", lambda: os.path.exists(SPARE)
      or store(MD + "/new_dev", dev_number(SPARE_DISK))),
     ("remove it", lambda: os.path.exists(SPARE)
      and store(SPARE + "/state", "remove"))),
    (("more slots", lambda: store(MD + "/raid_disks", "3")),
     ("less slots", lambda: store(MD + "/raid_disks", "2"))),
    (("add a bitmap", lambda: has_bitmap() or store(BITMAP, "+8")),
     ("remove the bitmap", lambda: store(BITMAP, "none"))),
]

BITMAP = MD + "/bitmap/location"


def has_bitmap():
    with open(BITMAP, encoding="ascii") as f:
        return f.read() != "none\n"


class Injector:
    """Makes the n-th allocation of this thread fail."""

    def __init__(self):
        self.handle = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def set(self, n):
        os.pwrite(self.handle, str(n).encode(), 0)

    def left(self):
        return int(os.pread(self.handle, 20, 0).strip(b"\0\n") or 0)


def inject(injector, name, step, n):
    """Do a step, while its n-th allocation fails. False if it has less."""
    error = None
    injector.set(n)
    try:
        step()
    except OSError as err:
        error = err
    hit = injector.left() == 0
    injector.set(0)
    if error is not None:
        if not hit:
            sys.exit(f"{name}: {error}, without an injected failure")
        do(name, step, f"allocation {n} failed")
    return hit


def do(name, step, why):
    try:
        step()
    except OSError as err:
        sys.exit(f"{name}: {err}, after {why}")


def attempt(injector, target, n):
    """One life of the array. False if the step has less than n allocations."""
    hit = False
    for index, (name, step) in enumerate(STEPS):
        if index == target:
            hit = inject(injector, name, step, n)
        else:
            do(name, step, f"allocation {n} of {STEPS[target][0]} failed")
    gone()
    return hit


def count(name, try_it):
    n = 0
    while n < MOST and try_it(n + 1):
        n += 1
    print(f"# {name}: {n} allocations failed", flush=True)


def change(injector, pair, target, n):
    """Change a running array and undo that."""
    hit = False
    for index, (name, step) in enumerate(pair):
        if index == target:
            hit = inject(injector, name, step, n)
        else:
            do(name, step, f"allocation {n} of {pair[target][0]} failed")
    return hit


def change_running(injector):
    for name, step in STEPS:
        if name not in (f"member {SPARE_DISK}", "run", "limit", "stop"):
            do(name, step, "nothing")
    set_state("active")
    set_state("active")		# it may have come up auto-read-only
    for pair in CHANGES:
        for target, (name, _) in enumerate(pair):
            count(name, lambda n, pair=pair, target=target:
                  change(injector, pair, target, n))
    store(BITMAP, "+8")
    set_state("clear")
    gone()


def main():
    injector = Injector()
    for target, (name, _) in enumerate(STEPS):
        if name == f"member {SPARE_DISK}":
            continue	# nothing new
        count(name, lambda n, target=target: attempt(injector, target, n))
    change_running(injector)
    target = [name for name, _ in STEPS].index("run")
    count("run with a bitmap", lambda n: attempt(injector, target, n))


if __name__ == "__main__":
    main()
