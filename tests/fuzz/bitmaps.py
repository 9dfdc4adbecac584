#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""bitmaps.py SEED ROUNDS DISK DISK: arrays are assembled with mutated bitmaps. Each
is refused or runs; what it runs with is read and changed through sysfs. Ends with an
error when data isn't what it was, or the array can't be stopped."""

import glob
import os
import random
import subprocess
import sys
import time

from sysfs import dev_number

FORMATS = ("0.90", "1.0", "1.1", "1.2")
FIELDS = {"magic": (0, 4), "version": (4, 4), "uuid": (8, 8), "events": (24, 8),
          "cleared": (32, 8), "size": (40, 8), "state": (48, 4), "chunk": (52, 4),
          "sleep": (56, 4), "behind": (60, 4), "reserved": (64, 4), "nodes": (68, 4),
          "name": (72, 8)}
VALUES = (0, 1, 2, 3, 4, 5, 6, 7, 9, 255, 256, 511, 512, 513, 1024, 4096, 1 << 16, 16383,
          16384, 1 << 20, (1 << 20) + 1, 1 << 26, 1 << 30, (1 << 31) - 1, 1 << 31,
          (1 << 32) - 1, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
TEXTS = ("none", "+8", "+2", "-8", "-16", "0", "1", "-1", "512", "4096", "65536", "true",
         "false", "internal", "external", "0.001", "1000", "2147483648", "x", "")
ARRAY = "md77"
MD = f"/sys/block/{ARRAY}/md"


def store(path, text):
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return True
    except OSError:
        return False


def load(path):
    with open(path, encoding="ascii") as file:
        return file.read().strip()


def whole(disk, content=None):
    subprocess.run(["blockdev", "--flushbufs", disk], check=True)
    with open(disk, "r+b", 0) as file:
        if content is None:
            return bytearray(file.read())
        file.write(content)
        os.fsync(file.fileno())
    return content


def stop():
    end = time.monotonic() + 60 * int(os.environ.get("TIMEOUT_SCALE") or 1)
    while os.path.exists(MD) and not store(f"{MD}/array_state", "clear"):
        if time.monotonic() > end:
            sys.exit(f"{ARRAY} can't be stopped: {load(f'{MD}/array_state')}")
        time.sleep(0.1)
    while os.path.exists(MD):
        time.sleep(0.02)


def prepare(form, disks, data):
    """Returns the disks' contents, where bitmap and data are, in bytes."""
    subprocess.run(["mdadm", "--create", f"/dev/{ARRAY}", "--run", "--quiet", "--level=1",
                    "--raid-devices=2", f"--metadata={form}", "--size=4M",
                    "--bitmap=internal", "--bitmap-chunk=4K", "--assume-clean", *disks],
                   check=True, stdin=subprocess.DEVNULL)
    with open(f"/dev/{ARRAY}", "wb", 0) as file:
        file.write(data)
        os.fsync(file.fileno())
    start = {"0.90": (6144 * 2 & ~127) - 128, "1.0": (6144 * 2 - 16) & ~7,
             "1.1": 0, "1.2": 8}[form]
    bitmap = (start + int(load(f"{MD}/bitmap/location"))) << 9
    offset = int(load(f"{MD}/dev-{os.path.basename(disks[0])}/offset")) << 9
    stop()
    return [whole(d) for d in disks], bitmap, offset


def mutate(rand, content, place):
    for _ in range(rand.choice((1, 1, 2, 5))):
        kind = rand.random()
        if kind < 0.7:
            at, size = FIELDS[rand.choice(list(FIELDS))]
            value = rand.choice((rand.choice(VALUES), rand.getrandbits(64)))
            content[place + at:place + at + size] = (value & ((1 << 8 * size) - 1)
                                                     ).to_bytes(size, "little")
        elif kind < 0.9:
            content[place + rand.randrange(256, 384)] = rand.getrandbits(8)
        else:
            content[place:place + 384] = rand.randbytes(384)


def exercise(rand, data):
    """What an array that runs must stand; returns the data it should have."""
    store(f"{MD}/array_state", "active")
    at = rand.randrange(0, len(data), 4096)
    block = rand.randbytes(4096)
    with open(f"/dev/{ARRAY}", "r+b", 0) as file:
        file.seek(at)
        file.write(block)
        os.fsync(file.fileno())
    data = data[:at] + block + data[at + 4096:]
    names = sorted(os.path.basename(p) for p in glob.glob(f"{MD}/bitmap/*"))
    for _ in range(rand.randrange(6)):
        store(f"{MD}/bitmap/{rand.choice(names)}", rand.choice(TEXTS))
    store(f"{MD}/bitmap_set_bits", f"{rand.randrange(2000)}-{rand.randrange(2000)}")
    for name in names:
        load(f"{MD}/bitmap/{name}")
    load("/proc/mdstat")
    with open(f"/dev/{ARRAY}", "rb", 0) as file:
        subprocess.run(["blockdev", "--flushbufs", f"/dev/{ARRAY}"], check=True)
        if file.read(len(data)) != data:
            sys.exit("wrong data")
    return data


def main():
    rand = random.Random(sys.argv[1])
    rounds, disks = int(sys.argv[2]), sys.argv[3:]
    data = rand.randbytes(4 << 20)
    ran = 0
    for form in FORMATS:
        contents, bitmap, offset = prepare(form, disks, data)
        for _ in range(rounds):
            both = rand.random() < 0.7
            for index, disk in enumerate(disks):
                content = bytearray(contents[index])
                if both or not index:
                    mutate(rand, content, bitmap)
                whole(disk, content)
            store("/sys/module/md_mod/parameters/new_array", ARRAY)
            store(f"{MD}/metadata_version", form)
            for disk in disks:
                store(f"{MD}/new_dev", dev_number(disk))
            store(f"{MD}/array_state", "active")
            wanted = data
            if load(f"{MD}/array_state") in ("active", "clean", "read-auto"):
                wanted = exercise(rand, data)
                ran += 1
            stop()
            for disk in disks:
                if whole(disk)[offset:offset + len(data)] != wanted:
                    sys.exit(f"data changed on {disk}")
    print(f"# {ran} of {rounds * len(FORMATS)} ran")
    if not ran:
        sys.exit("none ran")


main()
