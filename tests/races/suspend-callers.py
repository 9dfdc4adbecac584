#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""suspend-callers.py SECONDS DISK DISK DISK: the loops of suspend-callers.sh on md0. The
first disk always holds its data, the others come and go."""

import contextlib
import errno
import fcntl
import itertools
import os
import subprocess
import sys
import time

import loops

DEVICE = "/dev/md0"
MD = "/sys/block/md0/md/"
DISKS = sys.argv[2:]
SIZE = 64 * 1024	# sectors
# What a store may say: another one was first, a sync runs, the array is stopped or
# is gone, there is no room
RACES = ("EBUSY", "EROFS", "EINVAL", "ENODEV", "ENOENT", "ENXIO", "EEXIST", "ENOSPC",
         "EACCES", "EINTR", "EIO")
OPEN_LOCK = "/run/suspend-callers.lock"
STOP_WANTED = "/run/suspend-callers.stop"


def stores(*values):
    """A step that stores one of (attribute, text), interrupted every other time."""
    def step(rng):
        attribute, text = rng.choice(values)
        with loops.may_fail(*RACES):
            if rng.random() < 0.5:
                loops.interrupted(rng, loops.store, MD + attribute, text)
            else:
                loops.store(MD + attribute, text)
        time.sleep(rng.choice((0, 0, 0.005, 0.05)))
    return step


def move_range(rng):
    """A suspended range, never for long; what waits for it goes on."""
    lo = rng.randrange(SIZE)
    for attribute, value in (("suspend_hi", lo + rng.randrange(1, 4096)),
                             ("suspend_lo", lo), ("suspend_hi", 0), ("suspend_lo", 0)):
        with loops.may_fail(*RACES):
            # What opens it must get through: this may be the last time
            if value and rng.random() < 0.3:
                loops.interrupted(rng, loops.store, MD + attribute, str(value))
            else:
                loops.store(MD + attribute, str(value))


def members(rng):
    """A disk goes or comes: as a spare that gets a slot and is rebuilt, by re-add, by
    its slot, as a replacement."""
    disk = rng.choice(DISKS[1:])
    folder = f"{MD}dev-{os.path.basename(disk)}"
    state = folder + "/state"

    def word(text):
        with loops.may_fail(*RACES):
            loops.store(state, text)

    what = rng.choice(("fail", "remove", "add", "readd", "slot", "replace", "mdadm"))
    if what == "fail":
        word("faulty")
    elif what == "remove":
        word("faulty")
        word("remove")
    elif what == "add":
        with loops.may_fail(*RACES):
            loops.store(MD + "new_dev", loops.dev_number(disk))
    elif what == "readd":
        word("re-add")
    elif what == "slot":
        with loops.may_fail(*RACES):
            loops.store(folder + "/slot", rng.choice(("none", "1", "2")))
    elif what == "replace":
        word("want_replacement")
    else:
        loops.mdadm(DEVICE, rng.choice(("--add", "--re-add", "--add-spare")), disk)
    time.sleep(rng.choice((0, 0.01, 0.1)))


@contextlib.contextmanager
def opened():
    """Keeps the array from being stopped, without making the stop fail."""
    while os.path.exists(STOP_WANTED):
        time.sleep(0.005)
    with open(OPEN_LOCK, "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def writer(blocks):
    def step(rng):
        with opened():
            try:
                fd = blocks.open()
            except OSError as error:
                if error.errno not in (errno.ENODEV, errno.EBUSY, errno.ENOENT,
                                       errno.ENXIO):
                    raise
                time.sleep(0.01)
                return
            try:
                # An array without members, or not yet one
                if loops.read("/sys/block/md0/size") != "0":
                    for _ in range(rng.randrange(1, 30)):
                        blocks.step(fd, rng)
            finally:
                os.close(fd)
    return step


def stop(rng):
    """The others keep on configuring what is being stopped, or assembled."""
    time.sleep(rng.uniform(0.2, 2))
    with open(STOP_WANTED, "w", encoding="ascii"), \
            open(OPEN_LOCK, "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        way = rng.choice(("clear", "inactive", "readonly", "mdadm", "interrupted"))
        if way == "mdadm":
            loops.mdadm("--stop", DEVICE)
        else:
            with loops.may_fail(*RACES):
                if way == "interrupted":
                    loops.interrupted(rng, loops.store, MD + "array_state", "clear")
                else:
                    loops.store(MD + "array_state", way)
        assemble()
        os.unlink(STOP_WANTED)


def assemble():
    """Until it runs, whatever the others have made of it. What was active may have been
    made a spare since; the first disk holds the data in any case."""
    end = time.monotonic() + loops.STUCK / 2
    ways = itertools.cycle((DISKS, ["--run", DISKS[0]]))
    while True:
        try:
            state = loops.read(MD + "array_state")
        except OSError:
            state = "gone"
        if state in ("clean", "active", "active-idle", "write-pending"):
            return
        if state == "readonly" or state == "read-auto":
            with loops.may_fail(*RACES):
                loops.store(MD + "array_state", "active")
        else:
            loops.mdadm("--stop", DEVICE)
            loops.mdadm("--assemble", DEVICE, *next(ways))
        if time.monotonic() > end:
            raise AssertionError("can't be assembled: " + state)
        time.sleep(0.02)


def main():
    race = loops.Loops()
    for number in (0, 1):
        race.add(f"writer {number}", writer(loops.Blocks(DEVICE, number * 2048, 2048)))
    race.add("suspend_lo, suspend_hi", move_range)
    race.add("level, policy", stores(
        ("level", "raid1"), ("serialize_policy", "1"), ("serialize_policy", "0"),
        ("raid_disks", "2"), ("raid_disks", "3"), ("component_size", "32768")))
    race.add("bitmap", stores(
        ("bitmap/location", "none"), ("bitmap/location", "+8"),
        ("bitmap/backlog", "0"), ("bitmap/backlog", "64")))
    race.add("flags", stores(
        (f"dev-{os.path.basename(DISKS[1])}/state", "writemostly"),
        (f"dev-{os.path.basename(DISKS[1])}/state", "-writemostly"),
        ("sync_action", "check"), ("sync_action", "idle")))
    race.add("members", members)
    race.add("stop, assemble", stop)
    race.run(loops.seconds(int(sys.argv[1])))

    # Nothing of it may be left behind: the gate is open
    assemble()
    for attribute, text in (("suspend_hi", "0"), ("suspend_lo", "0"),
                            ("sync_action", "idle")):
        loops.store(MD + attribute, text)
    subprocess.run(["dd", "if=/dev/zero", "of=/dev/md0", "bs=4k", "count=1",
                    "oflag=direct", "status=none"], check=True)


main()
