# SPDX-License-Identifier: GPL-2.0
"""The load on the array: the writers, a filesystem for some of them, and whether all
that they were acknowledged is there."""

import os
import signal
import time

import mdarray as md
import writers
from mdarray import MD, Failure
from writers import FS_MIB, KINDS, MNT

FS = "/dev/mapper/stressfs"


def map_fs():
    md.must("dmsetup", "create", os.path.basename(FS), "--table",
            f"0 {FS_MIB * 2048} linear {MD} 0")
    md.wait(FS, lambda: os.path.exists(FS), lambda: None)


def unmap_fs():
    md.must("dmsetup", "remove", "--retry", os.path.basename(FS))


class Load:
    """All writers."""

    def __init__(self, path):
        self.writers = writers.start_all(path)
        self.log = writers.Log(path)
        self.runs = False
        self.verified = 0
        os.makedirs(MNT, exist_ok=True)

    def acked(self):
        return sum(w.acked() for w in self.writers)

    def read_back(self):
        return sum(w.read_back() for w in self.writers)

    def kill(self):
        for writer in self.writers:
            os.kill(writer.pid, signal.SIGKILL)

    def create(self):
        """For a new array, which nothing is on."""
        map_fs()
        md.must("udevadm", "settle")
        md.must("mkfs.ext4", "-q", "-F", FS)
        unmap_fs()
        for writer in self.writers:
            writer.set_acked(0)
            self.log.set_acked(writer.number, 0)

    def resume(self):
        """What the log knows."""
        for writer in self.writers:
            writer.set_acked(self.log.acked(writer.number))

    def start(self):
        map_fs()
        md.must("mount", FS, MNT)
        self.verify()
        for writer in self.writers:
            writer.command(writers.RUN)
        self.runs = True

    def stop(self):
        for writer in self.writers:
            writer.command(writers.PAUSE)
        md.wait("writers stop", lambda: all(w.state() == writers.PAUSED for w in self.writers),
                lambda: [w.moved() for w in self.writers], self.health)
        self.runs = False
        md.must("umount", MNT)
        unmap_fs()

    def verify(self):
        """While no writer runs. Files need the filesystem."""
        bad = []
        for writer in self.writers:
            if KINDS[writer.number][0] != "file" or os.path.ismount(MNT):
                bad += md.bounded("verify", lambda w=writer: writers.verify(
                    w.number, w.acked()))
                self.verified += min(writer.acked(), writers.RING - 1)
        if bad:
            raise Failure("lost:\n#   " + "\n#   ".join(bad[:20]))

    def health(self):
        for writer in self.writers:
            complaint = writer.failure()
            if complaint:
                raise Failure(complaint)

    def everybody_moves(self):
        """Each writer gets something done; nobody starves while others go on."""
        before = [w.moved() for w in self.writers]
        clock = md.Clock()
        while True:
            self.health()
            done = [w.moved() - b for w, b in zip(self.writers, before)]
            if all(done):
                return
            clock.look(done)
            if clock.still > md.STALL:
                raise Failure(f"writers: nothing has moved for {md.STALL} s")
            if clock.all > md.STALL and sum(done) > 2000:
                raise Failure(f"a writer starves: {[k[0] for k in KINDS]} did {done}")
            time.sleep(0.02)

    def describe(self):
        for writer in self.writers:
            yield (f"{KINDS[writer.number][0]}: state {writer.state()}, "
                   f"{writer.acked()} acknowledged, stack: "
                   + " ".join(md.read(f"/proc/{writer.pid}/stack").split()[1::2])[:400])
