# SPDX-License-Identifier: GPL-2.0
"""What the tests of races share: loops in processes of their own that run against
each other, each of which has to keep moving.

RACE_SECONDS  how long; the short form of a test otherwise
SEED          repeats what the loops do (not when)
"""

import contextlib
import errno
import mmap
import os
import random
import signal
import struct
import subprocess
import sys
import time

from sysfs import dev_number, read, store  # noqa: F401 pylint: disable=unused-import

# Without a single step of one of the loops for that long, something hangs: a limit
# for progress, not for speed
STUCK = 120 * int(os.environ.get("TIMEOUT_SCALE") or 1)
SEED = int(os.environ.get("SEED") or random.randrange(1 << 32))
CELL = struct.Struct("<Q")


def seconds(short):
    return int(os.environ.get("RACE_SECONDS") or short)


class Interrupt(Exception):
    """The signal of interrupted()."""


def _interrupt(_signal, _frame):
    raise Interrupt


def interrupted(rng, call, *args):
    """The call with a signal somewhere in it, perhaps."""
    try:
        signal.setitimer(signal.ITIMER_REAL, rng.choice((0.0005, 0.003, 0.02)) *
                         rng.uniform(0.1, 1))
        try:
            return call(*args)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except Interrupt:
        return None


@contextlib.contextmanager
def may_fail(*names):
    """These errors are part of the race."""
    try:
        yield
    except OSError as error:
        if errno.errorcode.get(error.errno) not in names:
            raise


def mdadm(*args):
    """Returns whether it succeeded."""
    return subprocess.run(["mdadm", "--quiet", *args], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


class Trace:
    """Counts tracepoints of md, in an instance of its own."""
    ROOT = "/sys/kernel/tracing"

    def __init__(self, *events):
        self.path = f"{self.ROOT}/instances/races.{os.getpid()}"
        os.mkdir(self.path)
        store(self.path + "/trace_clock", "mono")
        store(self.path + "/buffer_size_kb", "4096")
        for event in events:
            store(f"{self.path}/events/md/{event}/enable", "1")

    def clear(self):
        with open(self.path + "/trace", "w", encoding="ascii"):
            pass

    def lines(self, *texts):
        """Those that have all of the texts in them."""
        with open(self.path + "/trace", encoding="utf-8", errors="replace") as f:
            return [line for line in f if not line.startswith("#")
                    and all(text in line for text in texts)]

    def count(self, *texts):
        return len(self.lines(*texts))

    def close(self):
        os.rmdir(self.path)


class Loops:
    """add() the steps, then run(): each is called again and again in a process of
    its own, with a random generator, until the time is over, each has moved, and
    there was enough of what the test is about. A loop that ends with an error or
    stops moving fails the test."""

    def __init__(self):
        print(f"# SEED={SEED}", flush=True)
        self.names, self.steps, self.pids = [], [], []
        self.cells = mmap.mmap(-1, 4096)	# cell 0: stop

    def add(self, name, step):
        self.names.append(name)
        self.steps.append(step)

    def stopping(self):
        return self.cells[0] != 0

    def moved(self, i):
        return CELL.unpack_from(self.cells, 8 * (i + 1))[0]

    def _child(self, i):
        signal.signal(signal.SIGALRM, _interrupt)
        rng = random.Random(f"{SEED} {self.names[i]}")
        status, n = 1, 0
        try:
            while not self.stopping():
                with contextlib.suppress(Interrupt):
                    self.steps[i](rng)
                n += 1
                CELL.pack_into(self.cells, 8 * (i + 1), n)
            status = 0
        except BaseException as error:  # pylint: disable=broad-except
            print(f"# {self.names[i]}: {type(error).__name__}: {error}", flush=True)
        finally:
            os._exit(status)

    def _fail(self, why):
        print(f"# FAIL: {why}")
        print("# " + ", ".join(f"{name} {self.moved(i)}"
                               for i, name in enumerate(self.names)))
        for i, pid in enumerate(self.pids):
            with contextlib.suppress(OSError):
                print(f"# {self.names[i]}:\n" + read(f"/proc/{pid}/stack"))
        print(read("/proc/mdstat"), flush=True)
        store("/proc/sysrq-trigger", "w")
        self._kill()

    def _kill(self):
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        sys.exit(1)

    def all_moved(self):
        return all(self.moved(i) for i in range(len(self.pids)))

    def run(self, duration, watch=None, enough=None):
        """@watch is called every now and then in this process; @enough, once the time
        is over, says if the loops may end."""
        sys.stdout.flush()
        for i in range(len(self.steps)):
            pid = os.fork()
            if pid == 0:
                self._child(i)
            self.pids.append(pid)
        left = dict(enumerate(self.pids))
        count = [0] * len(self.pids)
        since = [time.monotonic()] * len(self.pids)
        end = time.monotonic() + duration
        while left:
            now = time.monotonic()
            if (now >= end and not self.stopping() and self.all_moved()
                    and (not enough or enough())):
                self.cells[0] = 1
            for i, pid in list(left.items()):
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    del left[i]
                    if status:
                        print(f"# FAIL: {self.names[i]} has ended")
                        self._kill()
                elif self.moved(i) != count[i]:
                    count[i], since[i] = self.moved(i), now
                elif now - since[i] > STUCK:
                    self._fail(f"{self.names[i]} hangs")
            if watch:
                watch()
            time.sleep(0.1)
        print("# " + ", ".join(f"{name} {self.moved(i)}"
                               for i, name in enumerate(self.names)), flush=True)


BLOCK = 4096


class Blocks:
    """A range of a device, written and read back with O_DIRECT by one process. What
    was written last is remembered; call it as a step."""

    def __init__(self, device, start, count):
        self.device, self.start, self.count = device, start, count
        self.last = {}
        self.number = 0
        self.page = mmap.mmap(-1, BLOCK)

    def _data(self, block, number):
        return struct.pack("<QQ", self.start + block, number) * (BLOCK // 16)

    def open(self):
        return os.open(self.device, os.O_RDWR | os.O_DIRECT)

    def step(self, fd, rng):
        block = rng.randrange(self.count)
        at = (self.start + block) * BLOCK
        if block in self.last:
            os.preadv(fd, [self.page], at)
            if self.page[:] != self._data(block, self.last[block]):
                raise AssertionError(f"block {self.start + block} holds "
                                     f"{bytes(self.page[:16])!r}, not its write "
                                     f"{self.last[block]}")
        self.number += 1
        self.page[:] = self._data(block, self.number)
        os.pwrite(fd, self.page, at)
        self.last[block] = self.number
