#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What has been acknowledged is there.

    keeper.py write DEVICE STATE [MS]   writes and reads back until SIGTERM, a write
                                        every MS milliseconds at most
    keeper.py check DEVICE STATE        reads all of it

A slot of 4 KiB holds one numbered record. STATE begins with how many writes were
acknowledged, how many errors and how much wrong data there was (64 bits each), then
it has for each slot the last number
that was acknowledged, and the last that was tried: after an error the slot may
hold any number from the one to the other. Errors are counted; who calls knows if there may
be any. Wrong data ends the writer at once, with status 1."""

import mmap
import os
import random
import signal
import struct
import sys
import time

SLOTS = 256
PAGE = 4096
HEAD = struct.Struct("<QQQ")	# writes acknowledged, errors, wrong
SLOT = struct.Struct("<QQ")	# acknowledged, tried
WORD = struct.Struct("<QQ")	# slot, number


class State:
    def __init__(self, path):
        size = HEAD.size + SLOTS * SLOT.size
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(fd, size)
        self.map = mmap.mmap(fd, size)
        self.head = list(HEAD.unpack_from(self.map))

    def count(self, index):
        self.head[index] += 1
        HEAD.pack_into(self.map, 0, *self.head)

    def get(self, slot):
        return SLOT.unpack_from(self.map, HEAD.size + slot * SLOT.size)

    def put(self, slot, acked, tried):
        SLOT.pack_into(self.map, HEAD.size + slot * SLOT.size, acked, tried)


class Keeper:
    def __init__(self, device, state):
        self.state = State(state)
        self.fd = os.open(device, os.O_RDWR | os.O_DIRECT)
        self.page = mmap.mmap(-1, PAGE)
        self.stop = False
        signal.signal(signal.SIGTERM, self.end)

    def end(self, *_):
        self.stop = True

    def write(self, slot):
        acked, tried = self.state.get(slot)
        tried += 1
        self.state.put(slot, acked, tried)
        self.page[:] = WORD.pack(slot, tried) * (PAGE // WORD.size)
        try:
            os.pwrite(self.fd, self.page, slot * PAGE)
        except OSError:
            self.state.count(1)
            time.sleep(0.05)
            return
        self.state.put(slot, tried, tried)
        self.state.count(0)

    def read(self, slot):
        """False when it can't be read."""
        acked, tried = self.state.get(slot)
        try:
            os.preadv(self.fd, [self.page], slot * PAGE)
        except OSError:
            self.state.count(1)
            time.sleep(0.05)
            return False
        data = self.page[:]
        found, number = WORD.unpack_from(data)
        if not tried and not any(data):
            return True
        if (data != WORD.pack(found, number) * (PAGE // WORD.size)
                or not (found == slot or number == acked == 0)
                or not acked <= number <= tried):
            self.state.count(2)
            sys.exit(f"# FAIL: slot {slot}: {number} of {found}, "
                     f"not {acked} to {tried}")
        return True


def main():
    what = sys.argv[1]
    keeper = Keeper(*sys.argv[2:4])
    if what == "check":
        bad = [slot for slot in range(SLOTS) if not keeper.read(slot)]
        sys.exit(f"# FAIL: can't be read: slots {bad}" if bad else 0)
    pause = int(sys.argv[4]) / 1000 if len(sys.argv) > 4 else 0
    while not keeper.stop:
        keeper.write(random.randrange(SLOTS))
        keeper.read(random.randrange(SLOTS))
        time.sleep(pause)


if __name__ == "__main__":
    main()
