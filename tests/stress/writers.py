# SPDX-License-Identifier: GPL-2.0
"""Processes that write records, know which are acknowledged, and read them back.
What is acknowledged is kept on a disk apart, so that it outlives the VM."""

import mmap
import os
import random
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "crash"))
import records  # noqa: E402 pylint: disable=wrong-import-position

BLOCK = records.SIZE
RING = 32  # records of a writer that are there at a time
MIB = 1 << 20
FS_MIB, RAW_MIB = 16, 16  # the array's first part holds a filesystem
MNT = "/mnt/stress"

# name, blocks per record, flags of open, fsync after each
KINDS = (
    ("dsync", 1, os.O_DIRECT | os.O_DSYNC, False),
    ("direct", 16, os.O_DIRECT, True),
    ("direct-fast", 1, os.O_DIRECT, False),
    ("buffered", 2, 0, True),
    ("file", 1, 0, True),
)
UNIT = 64 << 10
UNITS = RAW_MIB * MIB // UNIT
RUN, PAUSE = 0, 1
RUNNING, PAUSED, FAILED = 0, 1, 2
CELL = struct.Struct("<QQQQ")  # command, state, records acknowledged, reads


class Place:
    """Where a writer's records are."""

    def __init__(self, writer):
        self.writer = writer
        self.name, self.blocks, self.flags, self.fsync = KINDS[writer]
        self.size = self.blocks * BLOCK

    def of(self, number):
        if self.name == "file":
            return f"{MNT}/{number // RING}", number % RING * self.size
        # A unit of 64 KiB each, scattered, and some place inside it
        slot = self.writer * RING + number % RING
        inside = slot % (UNIT // self.size) * self.size
        return "/dev/md0", FS_MIB * MIB + slot * 37 % UNITS * UNIT + inside

    def data(self, number):
        return records.record(self.writer, number) * self.blocks


class Log:
    """The disk that remembers: a sector per writer, and the stress program's state
    in two copies that are written in turns."""
    STATE, ROOM = MIB, 64 << 10

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_DIRECT)
        self.page = mmap.mmap(-1, self.ROOM)
        self.turn = 0

    def _put(self, data, at):
        size = (len(data) + 511) // 512 * 512
        self.page[:size] = data.ljust(size, b"\0")
        os.pwrite(self.fd, memoryview(self.page)[:size], at)

    def _get(self, at, size):
        os.preadv(self.fd, [memoryview(self.page)[:size]], at)
        return self.page[:size]

    def acked(self, writer):
        """How many; the last one's number is one less."""
        return struct.unpack_from("<Q", self._get(writer * BLOCK, 512))[0]

    def set_acked(self, writer, count):
        self._put(struct.pack("<Q", count), writer * BLOCK)

    def save(self, data):
        self.turn += 1
        head = struct.pack("<QII", self.turn, len(data), records.zlib.crc32(data))
        assert len(head) + len(data) <= self.ROOM, "the state has grown too large"
        self._put(head + data, self.STATE + self.turn % 2 * self.ROOM)

    def load(self):
        best = (0, None)
        for copy in (0, 1):
            raw = self._get(self.STATE + copy * self.ROOM, self.ROOM)
            turn, size, crc = struct.unpack_from("<QII", raw)
            data = raw[16:16 + size]
            if turn > best[0] and records.zlib.crc32(data) == crc:
                best = turn, data
        self.turn = best[0]
        return best[1]


def read_record(place, number, buffer):
    path, at = place.of(number)
    fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
    try:
        got = os.preadv(fd, [memoryview(buffer)[:place.size]], at)
    finally:
        os.close(fd)
    return buffer[:got]


def verify(writer, count):
    """All records that have to be there after COUNT were acknowledged; the one after
    them may be on its way into the oldest one's place. Returns complaints."""
    place, bad = Place(writer), []
    buffer = mmap.mmap(-1, place.size)
    for number in range(max(0, count - RING + 1), count):
        try:
            data = read_record(place, number, buffer)
        except FileNotFoundError:
            data = b""
        if data != place.data(number):
            found = (records.describe(data[:BLOCK]) if len(data) == place.size
                     else f"{len(data)} bytes")
            bad.append(f"{place.name}: record {number} of {count} "
                       f"at {place.of(number)} is {found}")
    return bad


class Writer:
    """A process, forked at once and paused; it shares a cell with us."""

    def __init__(self, number, log_path, shared):
        self.number = number
        self.shared = shared
        self.base = number * CELL.size
        self._set(0, PAUSE)
        self.note = f"/dev/shm/stress.{number}"
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                self._main(Log(log_path))
                status = 0
            except BaseException as error:  # pylint: disable=broad-except
                with open(self.note, "w", encoding="utf-8") as f:
                    f.write(f"{KINDS[number][0]} writer: {type(error).__name__}: {error}")
                self._set(1, FAILED)
            finally:
                os._exit(status)

    def _get(self, field):
        return struct.unpack_from("<Q", self.shared, self.base + 8 * field)[0]

    def _set(self, field, value):
        struct.pack_into("<Q", self.shared, self.base + 8 * field, value)

    def command(self, what):
        self._set(0, what)

    def state(self):
        return self._get(1)

    def acked(self):
        return self._get(2)

    def set_acked(self, count):
        self._set(2, count)

    def read_back(self):
        return self._get(3)

    def moved(self):
        return self._get(2) + self._get(3)

    def failure(self):
        if self.state() != FAILED:
            return None
        with open(self.note, encoding="utf-8") as f:
            return f.read()

    def _main(self, log):
        place = Place(self.number)
        buffer = mmap.mmap(-1, place.size)
        rng = random.Random(self.number)
        while True:
            self._set(1, PAUSED)
            while self._get(0) == PAUSE:
                time.sleep(0.02)
            self._set(1, RUNNING)
            self._write_until_paused(place, log, buffer, rng)

    def _write_until_paused(self, place, log, buffer, rng):
        number, path, fd = self.acked(), None, -1
        try:
            while self._get(0) == RUN:
                wanted, at = place.of(number)
                if wanted != path:
                    if fd >= 0:
                        os.close(fd)
                    path = wanted
                    fd = os.open(path, os.O_WRONLY | place.flags
                                 | (os.O_CREAT if place.name == "file" else 0), 0o600)
                buffer[:] = place.data(number)
                if os.pwrite(fd, buffer, at) != place.size:
                    raise OSError("short write")
                if place.fsync:
                    os.fsync(fd)
                number += 1
                log.set_acked(self.number, number)
                self._set(2, number)
                if place.name == "file" and number % RING == 0:
                    old = place.of(number - 3 * RING)[0]
                    if number >= 3 * RING and os.path.exists(old):
                        os.unlink(old)
                if rng.random() < 0.3:
                    back = rng.randrange(max(0, number - RING + 1), number)
                    if read_record(place, back, buffer) != place.data(back):
                        raise ValueError(f"record {back} of {number}, read back, is "
                                         + records.describe(buffer[:BLOCK]))
                    self._set(3, self._get(3) + 1)
                time.sleep(rng.random() * 0.005)
        finally:
            if fd >= 0:
                os.close(fd)


def start_all(log_path):
    assert len(KINDS) * RING <= UNITS
    shared = mmap.mmap(-1, 4096)
    return [Writer(n, log_path, shared) for n in range(len(KINDS))]
