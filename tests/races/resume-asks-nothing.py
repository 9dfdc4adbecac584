#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""resume-asks-nothing.py SECONDS SMALL FOREIGN: counts what md0 does for a spare that
it can't use, and for the two devices, which can't be added. What it asserts are
numbers of events, which no busy machine changes; the speeds are only shown."""

import os
import statistics
import sys
import time

import loops

MD = "/sys/block/md0/md/"
SMALL, FOREIGN = sys.argv[2:]
LOW = 4096	# blocks, below the sectors that can't be read


def refused(*args):
    if loops.mdadm(*args):
        sys.exit("# FAIL: mdadm " + " ".join(args) + " has succeeded")
    return 1


def suspend(_value=[0]):  # pylint: disable=dangerous-default-value
    """Somebody suspends the array for reasons of his own, which ends in resume."""
    _value[0] ^= 8
    loops.store(MD + "suspend_lo", str(_value[0]))
    return 1


def sync_action(word):
    # While a sync runs another one is refused
    with loops.may_fail("EBUSY"):
        loops.store(MD + "sync_action", word)
    return 0


# What may be asked for, and how often the array may be suspended for it
ASK = {
    "add a device that is too small": lambda: refused("/dev/md0", "--add-spare", SMALL),
    "re-add one of another array": lambda: refused("/dev/md0", "--re-add", FOREIGN),
    "suspend and resume": suspend,
    "check": lambda: sync_action("check"),
    "idle": lambda: sync_action("idle"),
    "safe_mode_delay": lambda: loops.store(MD + "safe_mode_delay", "0.01") or 0,
}


def work(blocks, fd, rng, ios):
    start = time.monotonic()
    for _ in range(ios):
        blocks.step(fd, rng)
    return ios / (time.monotonic() - start)


def main():
    rng = loops.random.Random(loops.SEED)
    print(f"# SEED={loops.SEED}")
    trace = loops.Trace("md_suspend", "md_sync_state")
    blocks = loops.Blocks("/dev/md0", 0, LOW)
    end = time.monotonic() + loops.seconds(int(sys.argv[1]))
    alone, beside = [], []
    rounds, asked = 0, {what: 0 for what in ASK}
    fd = blocks.open()
    while time.monotonic() < end or not all(asked.values()):
        rounds += 1
        # Nobody asks for anything: nothing happens but the I/O
        trace.clear()
        alone.append(work(blocks, fd, rng, 100))
        if trace.count("md_suspend: md0"):
            sys.exit(f"# FAIL: {trace.count('md_suspend: md0')} suspends that nobody "
                     "has asked for:\n" + "".join(trace.lines("md0")[:40]))
        # Attempts, each with I/O behind it
        trace.clear()
        allowed = 0
        for what in rng.sample(list(ASK), 3):
            asked[what] += 1
            allowed += ASK[what]()
            beside.append(work(blocks, fd, rng, 30))
        suspends = trace.count("md_suspend: md0")
        starts = trace.count("md0 recover: idle -> starting")
        if suspends > allowed or starts:
            sys.exit(f"# FAIL: {suspends} suspends where {allowed} were asked for, "
                     f"{starts} recoveries:\n" + "".join(trace.lines("md0")[:40]))
        loops.store(MD + "sync_action", "idle")
    os.close(fd)
    trace.close()
    print(f"# {rounds} rounds; " + ", ".join(f"{what} {n}" for what, n in asked.items()))
    print(f"# I/O per second: {statistics.median(alone):.0f} by itself, "
          f"{statistics.median(beside):.0f} beside attempts")


main()
