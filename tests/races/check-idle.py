#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""check-idle.py SECONDS: the loops of check-idle.sh on md0 and md1, which is kept by
an mdmon in miniature."""

import os
import select
import signal
import subprocess
import sys
import time

import loops

MNT = "/mnt/race"
ARRAYS = ("md0", "md1")
# array: states seen, and since when it has been in write-pending without a pause
seen = {name: set() for name in ARRAYS}
pending = {name: None for name in ARRAYS}


def attr(name, what):
    return f"/sys/block/{name}/md/{what}"


def writer(name, number):
    """Files with fsync, read back past the cache; pauses let the array go clean."""
    path = f"{MNT}/{name}/file{number}"

    def step(rng):
        data = rng.randbytes(rng.choice((512, 4096, 20000)))
        fd = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR)
        try:
            os.write(fd, data)
            os.fsync(fd)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            if os.pread(fd, len(data) + 1, 0) != data:
                raise AssertionError(f"{path} is wrong")
        finally:
            os.close(fd)
        time.sleep(rng.choice((0, 0, 0.05, 0.2)))
    return step


def alternate(name):
    """Every second in the long form; with less of a pause one meets each step of the
    thread's start and end."""
    action = attr(name, "sync_action")

    def step(rng):
        loops.store(action, "check")
        time.sleep(rng.choice((0, 0.01, 0.1, 1)) * rng.uniform(0.5, 1))
        loops.store(action, "idle")
        time.sleep(rng.choice((0, 0.05, 1)) * rng.uniform(0, 1))
    return step


def mdmon(name):
    """What userland has to answer, whatever else is going on."""
    with open(attr(name, "array_state"), "rb+", buffering=0) as f:
        poll = select.poll()
        poll.register(f, select.POLLPRI | select.POLLERR)
        # Not one step less than needed when the others end
        while True:
            state = os.pread(f.fileno(), 64, 0).decode().strip()
            if state == "write-pending":
                f.write(b"active")
            elif state == "active-idle":
                with loops.may_fail("EBUSY"):
                    f.write(b"clean")
            poll.poll(1000)


def watch():
    now = time.monotonic()
    for name in ARRAYS:
        state = loops.read(attr(name, "array_state"))
        seen[name].add(state)
        if state != "write-pending":
            pending[name] = None
        elif pending[name] is None:
            pending[name] = now
        elif now - pending[name] > loops.STUCK:
            sys.exit(f"# FAIL: {name} stays in write-pending")


def starts(trace, name):
    return trace.count(f" {name} check: idle -> starting")


def race():
    trace = loops.Trace("md_sync_state")
    all_of_them = loops.Loops()
    for name in ARRAYS:
        subprocess.run(["mkfs.ext4", "-q", f"/dev/{name}"], check=True)
        os.makedirs(f"{MNT}/{name}", exist_ok=True)
        subprocess.run(["mount", f"/dev/{name}", f"{MNT}/{name}"], check=True)
        all_of_them.add(name + " check, idle", alternate(name))
        for number in (0, 1):
            all_of_them.add(f"{name} writer {number}", writer(name, number))
    # Each has started a check and gone clean and dirty
    all_of_them.run(loops.seconds(int(sys.argv[1])), watch, lambda: all(
        {"clean", "active"} <= seen[name] and starts(trace, name) for name in ARRAYS))
    for name in ARRAYS:
        subprocess.run(["umount", f"{MNT}/{name}"], check=True)
        print(f"# {name}: {starts(trace, name)} checks, states "
              + ", ".join(sorted(seen[name])))
    trace.close()


def main():
    monitor = os.fork()
    if monitor == 0:
        mdmon("md1")
    try:
        race()
    finally:
        os.kill(monitor, signal.SIGKILL)
        os.waitpid(monitor, 0)


main()
