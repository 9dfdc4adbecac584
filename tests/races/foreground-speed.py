#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""foreground-speed.py SPARE OTHER...: I/Os per second to md0 by themselves, beside SPARE
(which can't be rebuilt), and while somebody tries to add the others again and again."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time

from sysfs import dev_number, read, store

MD = "/sys/block/md0/md/"
IOS = 60000
SHARE = 0.9
SPARE, OTHERS = sys.argv[1], sys.argv[2:]


def speed(work):
    """Above the sectors that can't be read."""
    done = subprocess.run(
        ["fio", "--name=x", "--filename=/dev/md0", "--direct=1", "--rw=" + work, "--bs=4k",
         "--ioengine=libaio", "--iodepth=16", "--offset=1M", "--size=32M", "--randseed=1",
         "--io_size=100g", f"--number_ios={IOS}", "--output-format=json"],
        check=True, capture_output=True, text=True)
    job = json.loads(done.stdout)["jobs"][0]["read" if work == "randread" else "write"]
    return job["total_ios"] / job["runtime"] * 1000


def compare(work, now, then, how):
    print(f"# {work}: {now:.0f} per 10^9 instructions {how}, {then:.0f} without")
    if now < SHARE * then:
        sys.exit(f"# FAIL: less than {SHARE:.0%} of the speed")


def attempts(ended, refused, taken):
    """Twenty a second for each, and each time the daemon is asked to look."""
    while not ended.wait(0.05):
        for device in OTHERS:
            try:
                store(MD + "new_dev", dev_number(device))
            except OSError:
                refused.append(device)
            else:
                taken.append(device)
        with contextlib.suppress(OSError):	# one may be running
            store(MD + "sync_action", "idle")


def main():
    alone = speed("randread")
    subprocess.run(["mdadm", "--quiet", "/dev/md0", "--add", SPARE], check=True)
    while "recover failed at" not in subprocess.run(
            ["dmesg"], check=True, capture_output=True, text=True).stdout:
        time.sleep(0.05)
    while read(MD + "sync_action") != "idle":
        time.sleep(0.05)
    # It has a slot, so it gets writes like any member: those are no measure here
    compare("randread", speed("randread"), alone, "beside a spare that can't be used")
    writes = speed("randwrite")
    ended, refused, taken = threading.Event(), [], []
    thread = threading.Thread(target=attempts, args=(ended, refused, taken))
    thread.start()
    try:
        compare("randread", speed("randread"), alone, "beside attempts to add others")
        compare("randwrite", speed("randwrite"), writes, "beside attempts to add others")
    finally:
        ended.set()
        thread.join()
    print(f"# {len(refused)} attempts")
    if read(MD + "degraded") != "1":
        sys.exit("# FAIL: the spare was used")
    if taken or not refused:
        sys.exit(f"# FAIL: {len(refused)} attempts refused, {len(taken)} not")


main()
