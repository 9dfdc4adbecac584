#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""nth-io.py SECONDS: one request to a member fails in the middle of an operation, the
first one, the second one and so on until the operation has no more; or from that one on
the member is dead. What was refused is undone; what was accepted works."""

import os
import random
import signal
import subprocess
import sys
import time

from nbdmember import Members
from sysfs import dev_number

SIZE = 8 << 20
LIMIT = 120 * int(os.environ.get("TIMEOUT_SCALE", "1"))
DEVICE = "/dev/md0"
MD = "/sys/block/md0/md"
NEW = "/sys/module/md_mod/parameters/new_array"
DATA = random.Random(1).randbytes(1 << 20)


class Complaint(Exception):
    pass


def attr(name, text=None):
    flags = os.O_RDONLY if text is None else os.O_WRONLY
    fd = os.open(f"{MD}/{name}", flags)
    try:
        if text is None:
            return os.read(fd, 4096).decode().strip()
        return os.write(fd, text.encode())
    finally:
        os.close(fd)


def until(what, condition):
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise Complaint(f"never: {what}")
        time.sleep(0.02)


def mdadm(*words):
    """True if it has succeeded; it must end either way."""
    try:
        done = subprocess.run(["mdadm", "-q", *words], timeout=LIMIT, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as err:
        raise Complaint(f"doesn't end: mdadm {' '.join(words)}") from err
    return done.returncode == 0


def need(*words):
    until("mdadm " + " ".join(words), lambda: mdadm(*words))


def store(name, text):
    """True if it was taken."""
    try:
        attr(name, text)
    except OSError:
        return False
    return True


def state():
    try:
        return attr("array_state")
    except OSError:
        return "clear"


def bound(path):
    return os.path.exists(f"{MD}/dev-{os.path.basename(path)}")


def is_free(path):
    try:
        os.close(os.open(path, os.O_RDWR | os.O_EXCL))
    except OSError:
        return False
    return True


def stop():
    def once():
        return state() == "clear" or mdadm("--stop", DEVICE) or state() == "clear"
    until("the array can be stopped", once)


class Case:
    """members: how many it is about; before() brings it to where do() begins, which
    says if it was accepted; then after(accepted)."""
    members = 2
    # What do() may leave behind where it was refused
    leaves_array = True

    def __init__(self, nbd):
        self.nbd = nbd
        self.hit = None
        self.paths = nbd.paths[:self.members]

    def create(self, *words):
        need("--create", DEVICE, "--run", "--level=1", "--raid-devices=2",
             "--size=4M", "--assume-clean", *words, *self.paths[:2])
        with open(DEVICE, "r+b", buffering=0) as f:
            f.write(DATA)
            os.fsync(f.fileno())

    def before(self):
        self.create("--bitmap=internal")

    def after(self, accepted):
        pass

    def unbound(self, path):
        """It has left nothing, and at once."""
        if bound(path):
            raise Complaint(f"{path} is still bound")
        until(f"{path} is free", lambda: is_free(path))	# udev looks at it, too

    def works(self):
        """No single request takes an array from its users."""
        if state() in ("inactive", "clear", "broken"):
            raise Complaint(f"the array is {state()}")
        with open(DEVICE, "r+b", buffering=0) as f:
            if f.read(len(DATA)) != DATA:
                raise Complaint("not the data that was there")
            f.seek(2 << 20)
            f.write(DATA[:4096])
            os.fsync(f.fileno())


class Create(Case):
    leaves_array = False

    def before(self):
        pass

    def do(self):
        return mdadm("--create", DEVICE, "--run", "--level=1", "--raid-devices=2",
                     "--size=4M", "--bitmap=internal", "--assume-clean", *self.paths)

    def after(self, accepted):
        if not accepted:
            stop()	# mdadm may leave what it has begun
            for path in self.paths:
                self.unbound(path)


class Bind(Case):
    """Members and the run one by one, as the kernel is asked."""

    def before(self):
        self.create("--bitmap=internal")
        stop()

    def do(self):
        with open(NEW, "w", encoding="ascii") as f:
            f.write("md0")
        attr("metadata_version", "1.2")
        self.taken = []
        for path in self.paths:
            if store("new_dev", dev_number(path)):
                self.taken.append(path)
        return bool(self.taken) and store("array_state", "active")

    def after(self, accepted):
        for path in self.paths:
            if path in self.taken:
                if not bound(path) and not accepted:
                    raise Complaint(f"{path} is not bound")
            else:
                self.unbound(path)
        if accepted:
            self.works()
        elif state() not in ("inactive", "clear"):
            raise Complaint(f"refused to run, and {state()}")


class Assemble(Case):
    def before(self):
        self.create("--bitmap=internal")
        stop()

    def do(self):
        return mdadm("--assemble", "--run", DEVICE, *self.paths)

    def after(self, accepted):
        if accepted:
            self.works()


class Add(Case):
    members = 3
    words = ("--add",)

    def do(self):
        return mdadm(DEVICE, *self.words, self.paths[2])

    def after(self, accepted):
        if not accepted:
            self.unbound(self.paths[2])
        elif not bound(self.paths[2]):
            raise Complaint("added, and not bound")
        self.works()
        if bound(self.paths[2]):
            # As a spare, or at work in place of the member that was hit
            need(DEVICE, "--fail", self.paths[2])
            need(DEVICE, "--remove", self.paths[2])
            self.unbound(self.paths[2])


class ReAdd(Case):
    def before(self):
        super().before()
        need(DEVICE, "--fail", self.paths[1])
        need(DEVICE, "--remove", self.paths[1])

    def do(self):
        return mdadm(DEVICE, "--re-add", self.paths[1])

    def after(self, accepted):
        if not accepted:
            self.unbound(self.paths[1])
        # A single error breaks it where the only good member doesn't take metadata
        if accepted or state() != "broken" or "of nbd0" not in self.hit:
            self.works()


class GrowDisks(Case):
    def do(self):
        return store("raid_disks", "3")

    def after(self, accepted):
        # Recorded by one member at least, or not grown
        if int(attr("raid_disks").split()[0]) != (3 if accepted else 2):
            raise Complaint(f"raid_disks is {attr('raid_disks')}, accepted: {accepted}")
        self.works()


class GrowSize(Case):
    def do(self):
        return store("component_size", "5120")

    def after(self, accepted):
        want = 5120 if accepted else 4096
        if int(attr("component_size")) != want:
            raise Complaint(f"{attr('component_size')} KiB, accepted: {accepted}")
        self.works()


class BitmapOn(Case):
    def before(self):
        self.create("--bitmap=none")

    def do(self):
        return mdadm("--grow", DEVICE, "--bitmap=internal")

    def after(self, accepted):
        if (attr("bitmap/location") == "none") == accepted:
            raise Complaint(f"location {attr('bitmap/location')}, accepted: {accepted}")
        self.works()


class BitmapOff(Case):
    def do(self):
        return mdadm("--grow", DEVICE, "--bitmap=none")

    def after(self, accepted):
        if (attr("bitmap/location") == "none") != accepted:
            raise Complaint(f"location {attr('bitmap/location')}, accepted: {accepted}")
        self.works()


CASES = [Create, Bind, Assemble, Add, ReAdd, GrowDisks, GrowSize, BitmapOn, BitmapOff]


def attempt(nbd, kind, number, for_good):
    """One life of an array. Returns what was hit, None if there was nothing left."""
    signal.alarm(4 * LIMIT)
    case = kind(nbd)
    nbd.load(attempt.empty)
    case.before()
    nbd.arm(number, for_good)
    accepted = case.do()
    hit = case.hit = nbd.disarm()
    where = f"{kind.__name__}, request {number} ({hit}){', dead' if for_good else ''}"
    try:
        if hit is None and not accepted:
            raise Complaint("refused, and nothing had failed")
        case.after(accepted)
        stop()
        for path in nbd.paths:
            case.unbound(path)
    except (Complaint, OSError) as err:
        sys.exit(f"# FAIL: {where}, accepted: {accepted}: {err}")
    return hit


def main():
    seconds = int(sys.argv[1])
    short = not os.environ.get("RACE_SECONDS")
    end = time.monotonic() + seconds
    nbd = Members(3, SIZE)
    attempt.empty = nbd.save()
    rounds = 0
    try:
        while not rounds or time.monotonic() < end:
            for kind in CASES:
                for_good = bool(rounds % 2)
                # In short: each at least at some places
                step = random.randint(3, 5) if short else 1
                number = random.randint(1, step)
                done = 0
                share = time.monotonic() + seconds / len(CASES)
                while attempt(nbd, kind, number, for_good) is not None:
                    number += step
                    done += 1
                    if short and done and time.monotonic() > share:
                        break
                print(f"# {kind.__name__}: {done} of up to {number} requests failed"
                      f"{' for good' if for_good else ''}", flush=True)
            rounds += 1
    finally:
        stop()
        nbd.close()


if __name__ == "__main__":
    main()
