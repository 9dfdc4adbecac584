#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""member-files.py SECONDS DISK DISK DISK: the loops of member-files.sh on md0. The first
disk holds its data, the other two come and go; nothing is written to the array."""

import contextlib
import errno
import os
import select
import sys
import time

import loops

DEVICE = "/dev/md0"
MD = "/sys/block/md0/md/"
DISKS = sys.argv[2:]
NAMES = ["dev-" + os.path.basename(disk) for disk in DISKS]
# The member or the array is going, is gone, is not what it was, or it's nonsense
RACES = ("EBUSY", "EROFS", "EINVAL", "ENODEV", "ENOENT", "ENXIO", "EEXIST", "ENOSPC",
         "E2BIG", "ERANGE", "EINTR", "EACCES")
STATE = ("writemostly", "-writemostly", "failfast", "-failfast", "write_error",
         "-write_error", "blocked", "-blocked", "insync", "-insync", "in_sync",
         "want_replacement", "-want_replacement", "replacement", "-replacement",
         "external_bbl", "-external_bbl", "re-add", "faulty", "remove")
VALUES = {
    "state": STATE,
    "errors": ("0", "7", "4294967295"),
    "slot": ("none", "0", "1", "2", "63"),
    "offset": ("0", "8", "2048", "4096", "4294967296"),
    "new_offset": ("0", "2048", "4096"),
    "size": ("0", "16384", "20000", "4294967296"),
    "recovery_start": ("none", "0", "8", "20000", "18446744073709551615"),
    "bad_blocks": ("4096 8", "5000 1", "4096 100000", "0 1"),
    "unacknowledged_bad_blocks": ("4200 8", "6000 1"),
    "ppl_sector": ("0", "8", "4096", "18446744073709551615"),
    "ppl_size": ("0", "128", "65536"),
}
JUNK = ("", "\n", "-", "-1", "x" * 63, "x" * 5000, "1 2 3", "none\n\n", "0\0", "\xff",
        "99999999999999999999999", "faulty faulty", " none", "-remove", "-re-add")
ARRAY_FILES = ("array_state", "degraded", "sync_action", "sync_completed", "level",
               "bitmap/location", "suspend_lo")


def use(fd, rng, text=None):
    """One access through an open file; whatever it says, it says it at once."""
    with loops.may_fail(*RACES, "EIO"):
        if text is not None:
            os.pwrite(fd, text.encode("latin-1"), 0)
        elif rng.random() < 0.8:
            os.pread(fd, 4096, 0)
        else:
            poll = select.poll()
            poll.register(fd, select.POLLPRI | select.POLLERR)
            poll.poll(1)


def text_for(rng, attribute):
    return rng.choice(JUNK) if rng.random() < 0.3 else rng.choice(VALUES[attribute])


@contextlib.contextmanager
def opened(path, flags):
    try:
        fd = os.open(path, flags)
    except OSError as error:
        if errno.errorcode[error.errno] not in ("ENOENT", "ENODEV"):
            raise
        yield None
        return
    try:
        yield fd
    finally:
        os.close(fd)


def at_once(writes):
    """Opens, uses, closes."""
    def step(rng):
        attribute = rng.choice(list(VALUES))
        # The first disk's are only read
        name = rng.choice(NAMES[1:] if writes else NAMES)
        with opened(f"{MD}{name}/{attribute}",
                    os.O_WRONLY if writes else os.O_RDONLY) as fd:
            if fd is None:
                time.sleep(0.001)
            elif writes and rng.random() < 0.2:
                loops.interrupted(rng, use, fd, rng, text_for(rng, attribute))
            else:
                use(fd, rng, text_for(rng, attribute) if writes else None)
    return step


def held(rng):
    """Opens all of a member's files, and some of the array's, and uses them for as long
    as it takes to be removed, and behind that."""
    name = rng.choice(NAMES[1:])
    with contextlib.ExitStack() as stack:
        files = []
        for attribute in VALUES:
            fd = stack.enter_context(opened(f"{MD}{name}/{attribute}", os.O_RDWR))
            if fd is not None:
                files.append((attribute, fd))
        for attribute in ARRAY_FILES:
            fd = stack.enter_context(opened(MD + attribute, os.O_RDONLY))
            if fd is not None:
                files.append((None, fd))
        if not files:
            time.sleep(0.001)
            return
        for _ in range(rng.choice((10, 100, 400))):
            attribute, fd = rng.choice(files)
            write = attribute and rng.random() < 0.3
            use(fd, rng, text_for(rng, attribute) if write else None)


def unblock(_rng):
    """Who has a member blocked has to take it back: completions wait for it."""
    for name in NAMES[1:]:
        with loops.may_fail(*RACES):
            loops.store(f"{MD}{name}/state", "-blocked")
    time.sleep(0.05)


def administrate(rng):
    what = rng.choice(("add", "add", "readd", "fail", "remove", "replace", "new_dev"))
    which = rng.choice((1, 2))
    disk, state = DISKS[which], f"{MD}{NAMES[which]}/state"
    with loops.may_fail(*RACES):
        if what == "new_dev":
            loops.store(MD + "new_dev", loops.dev_number(disk))
        elif what == "add":
            loops.mdadm("--zero-superblock", disk)
            loops.mdadm(DEVICE, "--add", disk)
        elif what == "readd":
            loops.mdadm(DEVICE, "--re-add", disk)
        elif what == "fail":
            loops.store(state, "faulty")
        elif what == "remove":
            loops.store(state, "faulty")
            loops.store(state, "remove")
        else:
            loops.mdadm(DEVICE, "--replace", disk)
    time.sleep(rng.choice((0, 0.01, 0.1)))


def start():
    """It has a folder for the first disk then, if that could be opened."""
    loops.mdadm("--assemble", "--run", DEVICE, DISKS[0])


def stop(rng):
    """The array goes, with all its files, and comes again with the first disk."""
    time.sleep(rng.uniform(0.1, 3))
    # -EBUSY while somebody has it open
    with loops.may_fail(*RACES):
        loops.store(MD + "array_state", rng.choice(("clear", "inactive")))
    time.sleep(rng.choice((0, 0.05)))
    loops.mdadm("--stop", DEVICE)
    start()


def main():
    race = loops.Loops()
    for number in (0, 1):
        race.add(f"reader {number}", at_once(False))
        race.add(f"writer {number}", at_once(True))
        race.add(f"open files {number}", held)
    race.add("unblock", unblock)
    race.add("administrator", administrate)
    race.add("stop, assemble", stop)
    race.run(loops.seconds(int(sys.argv[1])))

    # Whatever the writes have made of it can be stopped, and comes up again
    end = time.monotonic() + loops.STUCK
    while os.path.exists(MD):
        unblock(None)
        loops.mdadm("--stop", DEVICE)
        if time.monotonic() > end:
            sys.exit("# FAIL: can't be stopped any more")
    # udev may have the disk open for a moment
    end = time.monotonic() + loops.STUCK
    while not os.path.exists(f"{MD}{NAMES[0]}"):
        start()
        if time.monotonic() > end:
            sys.exit("# FAIL: can't be assembled any more")
    if loops.read(f"{MD}{NAMES[0]}/slot") != "0":
        sys.exit("# FAIL: the first disk is not in its slot")


main()
