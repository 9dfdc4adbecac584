#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Records for the tests that kill the VM, in the guest:

    records.py write raw|file WHERE BASE...     one writer per BASE
    records.py verify raw|file WHERE LAST...

A writer writes records of 4 KiB with ascending numbers from its BASE on, and
prints "ack KIND WRITER NUMBER" when one is on stable storage: written with
O_DSYNC by even writers, followed by fsync by odd ones. raw: to a block device,
around a ring of slots that are scattered over it. file: to files in a directory.
verify finds the newest up to LAST, the last number that an acknowledgement was
seen for (-1: none). A record whose slot holds a newer one is not lost: a newer one
is written only after all before it were safe, so all before the newest are due."""

import hashlib
import mmap
import os
import struct
import sys
import termios
import zlib

SIZE = 4096
RING = 64	# slots of a writer, or records of a file
STRIDE = 37
HEADER = struct.Struct("<8sIQ")


def record(writer, number):
    head = HEADER.pack(b"record\0\0", writer, number)
    body = head + hashlib.shake_128(head).digest(SIZE - len(head) - 4)
    return body + struct.pack("<I", zlib.crc32(body))


def describe(data):
    if not any(data):
        return "zeroes"
    magic, writer, number = HEADER.unpack_from(data)
    if magic != b"record\0\0":
        return "no record"
    return f"writer {writer} number {number}" + (
        "" if data == record(writer, number) else ", damaged")


class Raw:
    """Slots on a block device."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as f:
            self.blocks = f.seek(0, os.SEEK_END) // SIZE

    def place(self, writer, number):
        slot = writer * RING + number % RING
        return self.path, slot * STRIDE % self.blocks * SIZE

    def clean_up(self, writer, number):
        pass


class Files:
    """RING records to a file; old files are removed."""

    def __init__(self, path):
        self.path = path

    def name(self, writer, part):
        return os.path.join(self.path, f"{writer}.{part}")

    def place(self, writer, number):
        return self.name(writer, number // RING), number % RING * SIZE

    def clean_up(self, writer, number):
        old = self.name(writer, number // RING - 3)
        if number % RING == 0 and os.path.exists(old):
            os.unlink(old)


def write(kind, store, writer, number):
    memory = mmap.mmap(-1, SIZE)	# aligned, for O_DIRECT
    direct = writer % 2 == 0
    while True:
        path, offset = store.place(writer, number)
        flags = os.O_DIRECT | os.O_DSYNC if direct else 0
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
        memory[:] = record(writer, number)
        if os.pwrite(handle, memory, offset) != SIZE:
            sys.exit("short write")
        if not direct:
            os.fsync(handle)
        os.close(handle)
        os.write(1, f"ack {kind} {writer} {number}\n".encode())
        if os.isatty(1):
            termios.tcdrain(1)
        number += 1
        store.clean_up(writer, number)


def read(store, writer, number):
    """What stands in the place of a record."""
    path, offset = store.place(writer, number)
    try:
        with open(path, "rb") as f:
            return os.pread(f.fileno(), SIZE, offset)
    except FileNotFoundError:
        return b""


def newest(store, writer, last):
    """The highest number of WRITER's records from LAST on that is there, whole."""
    found = last
    for number in range(last + 1, last + 1 + 3 * RING):
        data = read(store, writer, number)
        if len(data) < SIZE or data[:8] != b"record\0\0":
            continue
        there = HEADER.unpack_from(data)[2]
        if there > found and data == record(writer, there):
            found = there
    return found


def verify(store, writer, last):
    bad = 0
    top = newest(store, writer, last)
    # The one after the newest may have been on its way into the oldest's slot
    for number in range(max(0, top - RING + 2), max(last, top - 1) + 1):
        data = read(store, writer, number)
        if data != record(writer, number):
            bad += 1
            print(f"# writer {writer} number {number} of {last}, newest {top}: "
                  + (describe(data) if len(data) == SIZE else "missing or cut short"))
    return bad


def main():
    what, kind, where = sys.argv[1:4]
    numbers = [int(n) for n in sys.argv[4:]]
    store = {"raw": Raw, "file": Files}[kind](where)
    if what == "verify":
        bad = sum(verify(store, w, n) for w, n in enumerate(numbers))
        print(f"{kind}: {bad} records lost of those up to {numbers}")
        sys.exit(bad != 0)
    for writer, number in enumerate(numbers):
        if os.fork() == 0:
            write(kind, store, writer, number)
    for _ in numbers:
        if os.wait()[1]:
            sys.exit("a writer failed")


if __name__ == "__main__":
    main()
