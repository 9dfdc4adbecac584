#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""superblocks.py SEED ROUNDS ARRAY-DISK... : mutated sets of superblocks are put
onto small disks and offered to the kernel through sysfs, mdadm and to a running
array. Ends with an error when something is written that should not be, an array
can't be stopped, or kernel memory is lost. A hang or a splat is for the caller."""

import fcntl
import glob
import os
import random
import struct
import subprocess
import sys
import time

MAGIC = 0xa92b4efc
FORMATS = ("0.90", "1.0", "1.1", "1.2")
NONE = (1 << 64) - 1
ADD_NEW_DISK = 0x40140921
BOUNDS = {
    1: (0, 1, 2, 9, 0x7f, 0x80, 0xff),
    2: (0, 1, 2, 26, 1920, 0x7fff, 0x8000, 0xfffd, 0xfffe, 0xffff),
    4: (0, 1, 2, 3, 7, 26, 27, 28, 127, 1919, 1920, 1921, 65535, 1 << 16, 1 << 22,
        (1 << 31) - 1, 1 << 31, (1 << 31) + 1, (1 << 32) - 2, (1 << 32) - 1),
    8: (0, 1, 7, 8, 15, 2048, 4095, 4096, 8191, 8192, 16384, 1 << 31, 1 << 32,
        (1 << 53) + 1, (1 << 54) - 1, 1 << 54, (1 << 55), (1 << 62), (1 << 63) - 1,
        1 << 63, NONE - 1, NONE),
}
V1_FIELDS = {
    "magic": (0, 4), "major": (4, 4), "features": (8, 4), "pad0": (12, 4),
    "uuid": (16, 8), "ctime": (64, 8), "level": (72, 4), "layout": (76, 4),
    "size": (80, 8), "chunk": (88, 4), "raid_disks": (92, 4), "bitmap": (96, 4),
    "new_level": (100, 4), "reshape": (104, 8), "delta": (112, 4),
    "new_layout": (116, 4), "new_chunk": (120, 4), "new_offset": (124, 4),
    "data_offset": (128, 8), "data_size": (136, 8), "super_offset": (144, 8),
    "recovery": (152, 8), "number": (160, 4), "corrected": (164, 4),
    "devflags": (184, 1), "bb_shift": (185, 1), "bb_size": (186, 2),
    "bb_offset": (188, 4), "utime": (192, 8), "events": (200, 8),
    "resync": (208, 8), "max_dev": (220, 4), "block_size": (224, 4),
    "role0": (256, 2), "role1": (258, 2), "role2": (260, 2), "role3": (262, 2),
}
V0_FIELDS = {name: (4 * word, 4) for name, word in {
    "magic": 0, "major": 1, "minor": 2, "patch": 3, "uuid0": 5, "ctime": 6,
    "level": 7, "size": 8, "nr_disks": 9, "raid_disks": 10, "md_minor": 11,
    "not_persistent": 12, "uuid1": 13, "utime": 32, "state": 33, "active": 34,
    "working": 35, "failed": 36, "spare": 37, "events_lo": 39, "events_hi": 40,
    "cp_lo": 41, "cp_hi": 42, "recovery": 43, "reshape_lo": 44, "reshape_hi": 45,
    "new_level": 46, "delta": 47, "new_layout": 48, "new_chunk": 49, "layout": 64,
    "chunk": 65, "d0_number": 128, "d0_role": 131, "d0_state": 132,
    "d1_number": 160, "d1_role": 163, "d1_state": 164, "d3_role": 227,
    "d26_role": 128 + 26 * 32 + 3, "this_number": 992, "this_role": 995,
    "this_state": 996}.items()}
LEVELS = ((1, 0, 0), (1, 0, 0), (5, 2, 128), (6, 2, 128), (4, 0, 128), (0, 1, 128),
          (10, 0x102, 128), (-1, 0, 128), (-4, 0, 0), (-5, 0, 0))


def put(block, place, value):
    offset, size = place
    block[offset:offset + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")


def get(block, place):
    offset, size = place
    return int.from_bytes(block[offset:offset + size], "little")


def fix_checksum(block, old):
    """As the formats define it."""
    place = (152, 4) if old else (216, 4)
    put(block, place, 0)
    if old:
        total = sum(struct.unpack("<1024I", block))
    else:
        size = 256 + 2 * min(get(block, (220, 4)), 1920)
        total = sum(struct.unpack_from(f"<{size // 4}I", block))
        if size % 4:
            total += struct.unpack_from("<H", block, size // 4 * 4)[0]
    put(block, place, (total & 0xffffffff) + (total >> 32))


class Disk:
    """A small disk whose content is known."""

    def __init__(self, path):
        self.path = path
        self.handle = os.open(path, os.O_RDWR)
        self.size = os.lseek(self.handle, 0, os.SEEK_END)
        stat = os.stat(path)
        self.number = f"{os.major(stat.st_rdev)}:{os.minor(stat.st_rdev)}"
        self.major, self.minor = os.major(stat.st_rdev), os.minor(stat.st_rdev)
        self.pattern = random.Random(path).randbytes(self.size)
        self.wanted = None

    def place(self, form):
        sectors = self.size >> 9
        return {"0.90": (sectors & ~127) - 128, "1.0": (sectors - 16) & ~7,
                "1.1": 0, "1.2": 8}[form]

    def write(self, blocks):
        """The pattern, with blocks of (sector, data) in it."""
        content = bytearray(self.pattern)
        for sector, data in blocks:
            content[sector << 9:(sector << 9) + len(data)] = data
        self.wanted = bytes(content)
        os.pwrite(self.handle, content, 0)
        os.fsync(self.handle)

    def read(self):
        os.posix_fadvise(self.handle, 0, 0, os.POSIX_FADV_DONTNEED)
        fcntl.ioctl(self.handle, 0x1261, 0)  # BLKFLSBUF
        return os.pread(self.handle, self.size, 0)


class Set:
    """Superblocks of one array, in order, before they are mutated."""

    def __init__(self, form, level, disks, uuid, random_):
        self.form = form
        self.old = form == "0.90"
        self.fields = V0_FIELDS if self.old else V1_FIELDS
        self.level, self.layout, self.chunk = level
        self.disks = disks
        self.random = random_
        self.mutated = True
        self.dirty = random_.random() < 0.3
        self.blocks = [self.fresh(i, uuid) for i in range(len(disks))]

    def fresh(self, index, uuid):
        block = bytearray(4096)
        disk, count = self.disks[index], len(self.disks)
        start = disk.place(self.form)
        sectors = disk.size >> 9
        if self.old:
            for name, value in {
                    "magic": MAGIC, "minor": 90, "uuid0": uuid, "uuid1": uuid + 1,
                    "ctime": 1, "utime": 2, "level": self.level, "layout": self.layout,
                    "size": (start - 128) // 128 * 64, "nr_disks": count,
                    "raid_disks": count, "active": count, "working": count,
                    "state": not self.dirty, "events_lo": 10, "chunk": self.chunk << 9,
                    "this_number": index, "this_role": index, "this_state": 6}.items():
                put(block, self.fields[name], int(value))
            put(block, (16, 4), 0)
            put(block, (3968 + 4, 4), disk.major)
            put(block, (3968 + 8, 4), disk.minor)
            for i in range(count):
                base = 512 + 128 * i
                for word, value in enumerate((i, disk.major, disk.minor, i, 6)):
                    put(block, (base + 4 * word, 4), value)
        else:
            offset = 0 if self.form == "1.0" else 2048
            room = (start if self.form == "1.0" else sectors) - offset
            for name, value in {
                    "magic": MAGIC, "major": 1, "uuid": uuid, "ctime": 1, "utime": 2,
                    "level": self.level, "layout": self.layout, "chunk": self.chunk,
                    "size": (room - 256) // 128 * 128, "raid_disks": count,
                    "data_offset": offset, "data_size": room - 64 * (offset == 0),
                    "super_offset": start, "number": index, "events": 10,
                    "resync": 0 if self.dirty else NONE, "max_dev": 128}.items():
                put(block, self.fields[name], value)
            block[168:184] = random.Random(index).randbytes(16)
            for i in range(128):
                put(block, (256 + 2 * i, 2), i if i < count else 0xffff)
        fix_checksum(block, self.old)
        return block

    def bounds(self, block, name):
        """A value at or near a bound for this field."""
        pick = self.random
        offset, size = self.fields[name]
        value = pick.choice(BOUNDS[size])
        kind = pick.randrange(6)
        if kind == 0:
            value = get(block, (offset, size)) + pick.choice((-1, 1, 8, -8))
        elif kind == 1:
            value = get(block, (offset, size)) ^ (1 << pick.randrange(8 * size))
        elif kind == 2 and size > 1:
            value = pick.choice((1, -1)) * (1 << pick.randrange(8 * size))
        return value

    def mutate(self):
        """Changes the set; returns a word on what was done."""
        pick = self.random
        kind = pick.choice(("one", "one", "all", "all", "all", "some", "some", "noise",
                            "tail", "twin", "events", "pair", "sum"))
        names = list(self.fields)
        victim = pick.randrange(len(self.blocks))
        what = kind
        if kind == "one":
            name = pick.choice(names)
            put(self.blocks[victim], self.fields[name],
                self.bounds(self.blocks[victim], name))
            what += f" {name} of {victim}"
        elif kind in ("all", "some", "pair"):
            for _ in range({"all": 1, "pair": 2, "some": pick.randrange(2, 7)}[kind]):
                name = pick.choice(names)
                value = self.bounds(self.blocks[0], name)
                for block in self.blocks:
                    put(block, self.fields[name], value)
                what += f" {name}={value:#x}"
            if not self.old and pick.random() < 0.4:
                bits = pick.randrange(1 << 13)
                for block in self.blocks:
                    put(block, self.fields["features"], bits)
                what += f" features={bits:#x}"
            if self.old and pick.random() < 0.2:
                for block in self.blocks:
                    put(block, self.fields["minor"], 91)
        elif kind == "noise":
            block = self.blocks[victim]
            for _ in range(pick.choice((1, 4, 64))):
                block[pick.randrange(8, 4096 if self.old else 512)] = pick.randrange(256)
        elif kind == "tail":
            start = pick.randrange(8, 300)
            self.blocks[victim][start:] = pick.randbytes(4096 - start)
        elif kind == "twin":
            self.blocks[victim] = bytearray(self.blocks[victim - 1])
        elif kind == "events":
            place = (156, 8) if self.old else self.fields["events"]
            for block in self.blocks:
                put(block, place, pick.choice(BOUNDS[8]))
        if kind == "sum":
            put(self.blocks[victim], (152, 4) if self.old else (216, 4), pick.getrandbits(32))
        else:
            for block in self.blocks:
                fix_checksum(block, self.old)
        return what

    def place_on_disks(self):
        for disk, block in zip(self.disks, self.blocks):
            disk.write([(disk.place(self.form), block)])


refusals = []


def store(path, text):
    """0 or the errno."""
    try:
        handle = os.open(path, os.O_WRONLY)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)
    except OSError as err:
        refusals.append(f"{text} to {path}: {err.strerror}")
        return err.errno
    return 0


def new_array():
    err = store("/sys/module/md_mod/parameters/new_array", "md70")
    if err:
        sys.exit(f"new_array: {os.strerror(err)}")


def look(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read().strip()
    except OSError:
        return ""


def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode


def read_all(directory):
    for path in glob.glob(directory + "/*") + glob.glob(directory + "/dev-*/*"):
        if os.path.isfile(path):
            look(path)


def read_array(name):
    """Its ends; errors are fine."""
    try:
        handle = os.open("/dev/" + name, os.O_RDONLY)
        try:
            size = os.lseek(handle, 0, os.SEEK_END)
            for offset in (0, max(0, size - 4096)):
                os.pread(handle, 4096, offset)
        finally:
            os.close(handle)
    except OSError:
        pass


def arrays():
    return [os.path.basename(os.path.dirname(p)) for p in glob.glob("/sys/block/md*/md")]


STARTED = ("readonly", "read-auto", "clean", "active", "write-pending",
           "active-idle", "broken")


class Fuzzer:
    """One disk for a running array, the others for sets."""

    def __init__(self, seed, disks):
        self.seed = seed
        self.disks = disks
        self.started = 0
        self.ways = (self.by_sysfs, self.by_sysfs, self.by_sysfs, self.by_assemble,
                     self.by_increment, self.by_adding)

    def stop_all(self, context):
        end = time.monotonic() + 60 * int(os.environ.get("TIMEOUT_SCALE") or 1)
        while arrays():
            for name in arrays():
                if store(f"/sys/block/{name}/md/array_state", "clear"):
                    run("mdadm", "--stop", "/dev/" + name)
            if time.monotonic() > end:
                sys.exit(f"{context}: {arrays()} can't be stopped")
            if arrays():
                time.sleep(0.01)

    def untouched(self, disks, context):
        for disk in disks:
            now = disk.read()
            if now != disk.wanted:
                at = next(i for i, (a, b) in enumerate(zip(now, disk.wanted)) if a != b)
                sys.exit(f"{context}: refused, but {disk.path} was written at {at}")

    def is_started(self):
        return any(look(f"/sys/block/{name}/md/array_state") in STARTED
                   for name in arrays())

    def by_sysfs(self, pick, superblocks):
        new_array()
        directory = "/sys/block/md70/md"
        version = superblocks.form
        if superblocks.mutated and pick.random() < 0.1:
            version = pick.choice(FORMATS)
        store(directory + "/metadata_version", version)
        for disk in superblocks.disks:
            store(directory + "/new_dev", disk.number)
        if pick.random() < 0.3:
            read_all(directory)
        states = [("inactive", "readonly"), ("read-auto",), ("active",),
                  ("read-auto", "active")]
        if superblocks.mutated:  # it is the superblocks that tell if an array is clean
            states.append(("clean",))
        for state in pick.choice(states):
            store(directory + "/array_state", state)
        started = self.is_started()
        read_all(directory)
        read_array("md70")
        return started

    def by_assemble(self, pick, superblocks):
        options = pick.choice(([], ["--run"], ["--run", "--force"]))
        run("mdadm", "-q", "-A", "/dev/md70", *options, *(d.path for d in superblocks.disks))
        started = self.is_started()
        read_all("/sys/block/md70/md")
        # It writes superblocks of its own when forced
        return started or "--force" in options

    def by_increment(self, pick, superblocks):
        for disk in superblocks.disks:
            run("mdadm", "-q", "-I", *(["--run"] if pick.random() < 0.5 else []), disk.path)
        started = self.is_started()
        for name in arrays():
            read_all(f"/sys/block/{name}/md")
        return started

    def by_adding(self, pick, superblocks):
        """To a running array whose superblocks would have been like these."""
        good = Set(superblocks.form, (1, 0, 0), superblocks.disks, 0x1234, pick)
        good.blocks[1] = superblocks.blocks[1]
        good.disks[0].write([(good.disks[0].place(good.form), good.blocks[0])])
        new_array()
        directory = "/sys/block/md70/md"
        store(directory + "/metadata_version", superblocks.form)
        store(directory + "/new_dev", good.disks[0].number)
        store(directory + "/array_state", "active")
        if pick.random() < 0.5:
            store(directory + "/new_dev", good.disks[1].number)
        else:
            handle = os.open("/dev/md70", os.O_RDWR)
            try:
                fcntl.ioctl(handle, ADD_NEW_DISK, struct.pack(
                    "5i", pick.choice((-1, 0, 1, 5, 1 << 30)), good.disks[1].major,
                    good.disks[1].minor, pick.choice((-1, 0, 1, 1 << 30)),
                    pick.choice((0, 4, 6, 1 << 9))))
            except OSError:
                pass
            finally:
                os.close(handle)
        if pick.random() < 0.3:
            run("mdadm", "-q", "/dev/md70", "--add", good.disks[1].path)
        read_all(directory)
        return True

    def round(self, number, mutated=True):
        pick = random.Random(f"{self.seed}.{number}")
        form = pick.choice(FORMATS)
        level = pick.choice(LEVELS) if mutated else (1, 0, 0)
        disks = self.disks[:pick.randrange(2, len(self.disks) + 1)]
        superblocks = Set(form, level, disks, 0x1234, pick)
        superblocks.mutated = mutated
        what = superblocks.mutate() if mutated else "good"
        superblocks.place_on_disks()
        way = pick.choice(self.ways[:4] if not mutated else self.ways)
        context = f"round {number}, {form}, level {level[0]}, {way.__name__}: {what}"
        refusals.clear()
        with open("/dev/kmsg", "w", encoding="utf-8") as f:
            f.write("fuzz: " + context)
        started = way(pick, superblocks)
        self.stop_all(context)
        if started:
            self.started += 1
        else:
            self.untouched(disks, context)
        return started, context


def objects():
    """Objects in use by cache, those that could be freed set aside."""
    with open("/proc/sys/vm/drop_caches", "w", encoding="utf-8") as f:
        f.write("2")
    for path in glob.glob("/sys/kernel/slab/*/shrink"):
        store(path, "1")
    counts = {}
    for line in look("/proc/slabinfo").splitlines()[2:]:
        words = line.split()
        if words[0].startswith(("kmalloc", "biovec", "bio-", "kernfs", "bdev",
                                "request_queue", "blkdev", "md", "raid")):
            counts[words[0]] = (int(words[1]), int(words[3]))
    return counts


def main():
    seed, rounds = sys.argv[1], int(sys.argv[2])
    fuzzer = Fuzzer(seed, [Disk(path) for path in sys.argv[3:]])
    # Would they be accepted, if not for the mutation?
    for number in range(-8, 0):
        started, context = fuzzer.round(number, mutated=False)
        if not started:
            sys.exit(f"{context}: a good set was refused: {refusals}")
    fuzzer.started = 0
    warm = rounds // 4
    for number in range(warm):
        fuzzer.round(number)
    before = objects()
    for number in range(warm, rounds):
        fuzzer.round(number)
    after = objects()
    print(f"# {rounds} sets: {fuzzer.started} started or added to")
    bad = False
    for name, (count, size) in after.items():
        more = count - before.get(name, (0, 0))[0]
        # Caches of busy neighbours move; a leak repeats with the rounds
        if more * size > 64 * 1024 and more > (rounds - warm) / 4:
            print(f"# {name}: {more} objects more")
            bad = True
    sys.exit(bad)


if __name__ == "__main__":
    main()
