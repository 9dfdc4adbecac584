# SPDX-License-Identifier: GPL-2.0
"""The array under stress, as userland sees it: its attributes, mdadm, and waiting
that ends in a failure only when nothing moves any more."""

import glob
import mmap
import os
import re
import subprocess
import tempfile
import threading
import time

SCALE = int(os.environ.get("TIMEOUT_SCALE", "1"))
STALL = 60 * SCALE  # seconds of our own time without any progress
MD = "/dev/md0"
SYSFS = "/sys/block/md0/md"
MIB = 1 << 20
STATES = {"clear", "inactive", "readonly", "read-auto", "clean", "active",
          "write-pending", "active-idle"}
ACTIONS = {"resync", "recover", "check", "repair", "idle", "frozen"}


class Failure(Exception):
    """What must not happen."""


def read(path):
    try:
        with open(path, encoding="ascii", errors="replace") as f:
            return f.read().strip()
    except OSError:
        return ""


def attr(name):
    return read(f"{SYSFS}/{name}")


def sync_position():
    """What moves while a sync does."""
    return (attr("sync_action"), attr("sync_completed"), attr("resync_start"),
            attr("degraded"))


class Clock:  # pylint: disable=too-few-public-methods
    """Counts seconds since the last progress, but at most half a second from one
    look to the next: while this VM doesn't run, no time passes."""

    def __init__(self):
        self.last = None
        self.then = time.monotonic()
        self.still = 0.0
        self.all = 0.0

    def look(self, progress):
        now = time.monotonic()
        passed = min(now - self.then, 0.5)
        self.then = now
        self.all += passed
        self.still += passed
        if progress != self.last:
            self.last, self.still = progress, 0.0


def wait(what, done, progress=sync_position, health=lambda: None):
    """Until it's done; a failure once PROGRESS has stood still for STALL. What
    moves for ever and gets nowhere is one, too."""
    clock = Clock()
    while True:
        result = done()
        if result:
            return result
        health()
        clock.look(progress())
        if clock.still > STALL:
            raise Failure(f"{what}: nothing has moved for {STALL} s: {clock.last}")
        if clock.all > 15 * STALL:
            raise Failure(f"{what}: moves, but does not end: {clock.last}")
        time.sleep(0.03)


def cpu_ticks(pid):
    fields = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return sum(int(n) for n in fields[11:15]) if fields else 0


def run(*command, text=None):
    """(exit status, output), of a command that must come to an end."""
    with tempfile.TemporaryFile() as out:
        # One that hangs must not be waited for by "with"
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        wait(text or " ".join(command), lambda: process.poll() is not None,
             lambda: (cpu_ticks(process.pid), sync_position()))
        out.seek(0)
        return process.returncode, out.read().decode(errors="replace").strip()


def must(*command):
    status, text = run(*command)
    if status:
        raise Failure(f"{' '.join(command)}: status {status}: {text}")
    return text


def mdadm(*args):
    return run("mdadm", *args)


def bounded(what, function):
    """FUNCTION() in a thread, since it may block in the kernel."""
    box = []

    def body():
        try:
            box.append((function(), None))
        except OSError as error:
            box.append((None, error))
    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    thread.join(0.02)
    wait(what, lambda: not thread.is_alive())
    result, error = box[0]
    if error:
        raise error
    return result


def store(name, value):
    """0 or errno."""
    def write():
        fd = os.open(f"{SYSFS}/{name}", os.O_WRONLY)
        try:
            os.write(fd, f"{value}\n".encode())
        finally:
            os.close(fd)
    try:
        bounded(f"{value} > {name}", write)
    except OSError as error:
        return error.errno
    return 0


def must_store(name, value):
    error = store(name, value)
    if error:
        raise Failure(f"{value} > {name}: {os.strerror(error)}")


def stop():
    """udev may have it open for a moment."""
    def stopped():
        return mdadm("--stop", "--quiet", MD)[0] == 0 or not os.path.exists(SYSFS)
    wait("mdadm --stop", stopped, lambda: None)


def members():
    """{device: (state words, slot or None)}"""
    found = {}
    for path in glob.glob(SYSFS + "/dev-*"):
        words = set(read(path + "/state").split(","))
        slot = read(path + "/slot")
        if words != {""} and slot:
            found["/dev/" + path.rpartition("dev-")[2]] = (
                words, None if slot == "none" else int(slot))
    return found


class Direct:
    """Reads past the page cache."""
    buffer = mmap.mmap(-1, MIB)

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDONLY | os.O_DIRECT)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        os.close(self.fd)

    def read(self, at, size=MIB):
        got = os.preadv(self.fd, [memoryview(self.buffer)[:size]], at)
        return self.buffer[:got]


def write_direct(path, at, data):
    buffer = mmap.mmap(-1, len(data))
    buffer[:] = data
    fd = os.open(path, os.O_WRONLY | os.O_DIRECT | os.O_DSYNC)
    try:
        if os.pwrite(fd, buffer, at) != len(data):
            raise OSError("short write")
    finally:
        os.close(fd)


def differences(device, size_mib):
    """Places, in KiB, where a member and the array don't hold the same."""
    offset = int(attr(f"dev-{os.path.basename(device)}/offset")) * 512
    found = []
    with Direct(MD) as array, Direct(device) as member:
        for mib in range(size_mib):
            if array.read(mib * MIB) == member.read(offset + mib * MIB):
                continue
            for at in range(mib * MIB, (mib + 1) * MIB, 4096):
                if array.read(at, 4096) != member.read(offset + at, 4096):
                    found.append(at >> 10)
    return found


def splats():
    """What no driver may leave in the kernel's log."""
    lib = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib", "rc.sh")
    text = subprocess.run(["bash", "-c", f". {lib}; dmesg | splat_lines"], text=True,
                          capture_output=True, check=False).stdout.strip()
    if re.search(r"debug_locks: *0", read("/proc/lockdep_stats")):
        text += "\nlockdep has turned itself off"
    return text.strip()
