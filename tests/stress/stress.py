#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Random operations on an array under load, in the guest:

    stress.py --seed S [--seconds N] [--ops N] [--segment K] [--power-loss]
    stress.py --resume ...      goes on after a power loss

A segment is an array, created anew with random parameters, and OPS_PER_SEGMENT
operations on it. It depends on the seed and on its number only, each operation on
its own number besides: a segment can be repeated alone. After every operation what
a user can see has to agree with the model; the last disk keeps the state."""

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter

import mdarray as md
import ops
from load import Load
from mdarray import MD, MIB, Failure

OPS_PER_SEGMENT = 60
# What comes at its turn in every ROUND operations, besides by chance
ROUND = 20
TURNS = {8: "power-loss", 18: "quiesce"}
FAST = 1000000  # KiB/s
POOL = ("spare", "rebuilding", "replacement")
# What may become of a member while nobody does anything to it
BY_ITSELF = {
    "good": {"good"},
    "spare": {"spare", "rebuilding", "replacement", "good"},
    "rebuilding": {"rebuilding", "spare", "replacement", "good"},
    "replacement": {"replacement", "spare", "rebuilding", "good"},
    "faulty": {"faulty"},
    "away": {"away"},
    "free": {"free"},
}


class Model:  # pylint: disable=too-many-instance-attributes
    """What we know of the array."""

    def __init__(self, state):
        self.level = 1
        self.metadata = "1.2"
        self.raid_disks = 2
        self.size = 40
        self.bitmap = "none"
        self.frozen = False
        self.speed = 0
        self.tail = {}  # MiB -> seed of what was written there
        self.disks = {}  # device -> a key of BY_ITSELF
        self.want = set()  # those that are to be replaced
        self.__dict__.update(state)
        self.want = set(self.want)

    def state(self):
        return {**self.__dict__, "want": sorted(self.want)}

    def having(self, *what):
        return [d for d in sorted(self.disks) if self.disks[d] in what]

    def pool(self):
        return self.having(*POOL)

    def vacancies(self):
        return max(0, self.raid_disks - len(self.having("good")))


class Stress:  # pylint: disable=too-many-instance-attributes,too-many-public-methods
    """The program."""

    def __init__(self, args, disks):
        self.args = args
        self.m = None
        self.segment, self.number, self.total = args.segment, 0, 0
        self.power_ends = False
        self.can_lose_power = args.power_loss
        self.disks = disks[:-1]
        self.rng = self.choices = None
        self.tail_of_log = []
        self.counts = Counter()  # operations, by their names
        self.sums = Counter()  # power losses; records, of boots before
        self.spent, self.mark = 0.0, time.monotonic()
        self.load = Load(disks[-1])

    # ---- saying

    def say(self, text):
        line = f"{self.segment}.{self.number} {text}"
        self.tail_of_log = self.tail_of_log[-60:] + [line]
        print(line, flush=True)

    def die(self, error):
        print(f"# FAIL: {error}")
        print(f"# seed {self.args.seed}, segment {self.segment}, operation {self.number}")
        if self.m:
            print("# model:", json.dumps(self.m.state()))
        print("# members:", {d: (sorted(w), s) for d, (w, s) in md.members().items()})
        print("# sync:", md.sync_position(), "array_state:", md.attr("array_state"))
        for text in self.load.describe():
            print("# writer", text)
        print("# operations:\n#   " + "\n#   ".join(self.tail_of_log))
        sys.stdout.flush()
        os.system("sed 's/^/# /' /proc/mdstat; echo w >/proc/sysrq-trigger; sleep 1;"
                  "dmesg | tail -n 150 | sed 's/^/# /'")
        self.load.kill()
        os._exit(1)  # pylint: disable=protected-access # who hangs is not waited for

    # ---- choosing

    def generator(self, *what):
        return random.Random(":".join(str(w) for w in (self.args.seed, self.segment) + what))

    def pick(self, disks):
        """The one that this operation likes best, whoever else there is."""
        return min(disks, key=lambda d: self.choices[d])

    def next_op(self):
        rng = self.generator(self.number)
        # Who has the lowest key wins: a row that may not run moves no other one
        keys = {op.name: rng.expovariate(op.weight) for op in ops.OPS}
        self.choices = {d: rng.random() for d in self.disks}
        self.rng = rng
        rows = [op for op in ops.OPS if self.m.level in op.levels and op.when(self)]
        return min(rows, key=lambda op: keys[op.name])

    # ---- load

    @contextlib.contextmanager
    def nobody_uses_it(self):
        self.load.stop()
        yield
        self.load.start()

    def check_records(self):
        """From the array, while no writer runs."""
        self.load.verify()
        for mib, seed in self.m.tail.items():
            with md.Direct(MD) as array:
                if array.read(int(mib) * MIB) != self.tail_data(seed):
                    raise Failure(f"lost: MiB {mib} is not what was written there")

    @staticmethod
    def tail_data(seed):
        return random.Random(seed).randbytes(65536) * 16

    # ---- the array and the model

    def status_of(self, device, seen):
        if device not in seen:
            return "free" if self.m.disks[device] == "free" else "away"
        words, slot = seen[device]
        if "faulty" in words:
            return "faulty"
        if "in_sync" in words and "replacement" not in words:
            return "good"
        if slot is None:
            return "spare"
        return "replacement" if "replacement" in words else "rebuilding"

    def observe(self, allowed=None):
        """What the members have become; only what may happen by itself may have."""
        for _ in range(20):  # a member may change between two of its attributes
            seen = md.members()
            now = {d: self.status_of(d, seen) for d in self.disks}
            wrong = []
            for disk, status in now.items():
                was = self.m.disks[disk]
                table = allowed or BY_ITSELF
                legal = set(table[was])
                if disk in self.m.want and was == "good":  # it may be replaced by now
                    legal |= table["faulty"]
                if status not in legal:
                    wrong.append(f"{disk} was {was} and is {status}")
            if not wrong:
                break
            time.sleep(0.05)
        if wrong:
            raise Failure(", ".join(wrong))
        self.m.disks = now
        taken = {slot for words, slot in seen.values() if "replacement" in words}
        self.m.want = {d for d in now if now[d] == "good" and
                       ("want_replacement" in seen[d][0] or seen[d][1] in taken)}
        if not self.m.having("good"):
            raise Failure("no good member is left")
        return now

    def check_state(self):
        state, action = md.attr("array_state"), md.attr("sync_action")
        if state not in md.STATES:
            raise Failure(f"array_state is '{state}'")
        if action not in md.ACTIONS:
            raise Failure(f"sync_action is '{action}'")
        for name, wanted in (("raid_disks", self.m.raid_disks),
                             ("component_size", self.m.size << 10)):
            if md.attr(name) != str(wanted):
                raise Failure(f"{name} is {md.attr(name)}, not {wanted}")
        if (md.attr("bitmap/location") == "none") != (self.m.bitmap == "none"):
            raise Failure(f"bitmap is {md.attr('bitmap/location')}, not {self.m.bitmap}")
        if (action == "frozen") != self.m.frozen:
            raise Failure(f"frozen: {self.m.frozen}, but sync_action is {action}")

    def settled(self):
        if md.attr("sync_action") != "idle" or md.attr("resync_start") != "none":
            return False
        self.observe()
        m = self.m
        return not (m.pool() and (m.vacancies() or m.want)) and md.attr("sync_action") == "idle"

    def settle(self, keep_still=False):
        """Everything that is to be synced is. keep_still: at the speed that is set."""
        md.must_store("sync_action", "idle")
        self.m.frozen = False
        if not keep_still:
            self.set_speed(FAST)
        if md.attr("array_state") == "read-auto":
            md.must("mdadm", "-q", "--readwrite", MD)
        md.wait("settling", self.settled, health=self.load.health)
        self.set_speed(self.m.speed)
        want = self.m.raid_disks - len(self.m.having("good"))
        if md.attr("degraded") != str(want):
            raise Failure(f"degraded is {md.attr('degraded')}, not {want}")

    @staticmethod
    def set_speed(kib):
        for name in ("sync_speed_min", "sync_speed_max"):
            md.must_store(name, kib or "system")

    def quiesce(self):
        """Nobody writes, everything is in sync: then the members are equal, what was
        acknowledged is there, and no bit of the bitmap stays set."""
        self.settle()
        self.load.stop()
        self.settle()
        if self.m.bitmap != "none":
            md.must_store("bitmap/time_base", "0.1")
        md.must_store("safe_mode_delay", "0.02")
        self.set_speed(FAST)
        md.must_store("sync_action", "check")
        md.wait("check", self.settled)
        self.set_speed(self.m.speed)
        if md.attr("mismatch_cnt") != "0":
            different = {d: md.differences(d, self.m.size)[:20] for d in self.m.having("good")}
            raise Failure(f"mismatch_cnt is {md.attr('mismatch_cnt')}, at KiB {different}")
        self.check_records()
        md.wait("clean", lambda: md.attr("array_state") == "clean", lambda: None)
        for disk in self.m.having("good"):
            found = md.bounded("compare", lambda d=disk: md.differences(d, self.m.size))
            if found:
                raise Failure(f"{disk} differs from the array at KiB {found[:20]}")
        if self.m.bitmap != "none" and not self.m.vacancies():
            md.wait("bitmap: no bit is set",
                    lambda: "bitmap: 0/" in md.read("/proc/mdstat"), lambda: None)
        self.load.start()
        complaint = md.splats()
        if complaint:
            raise Failure(complaint)
        return f"{self.load.acked()} records"

    def assemble(self, r, *options, crashed=None):
        """All that ever belonged to it, in any order. crashed: the operation that a loss
        of power interrupted."""
        theirs = [d for d in self.disks if self.m.disks[d] != "free"]
        r.shuffle(theirs)
        command = ("mdadm", "--assemble", "--run", "--quiet", *options, MD)
        status, text = md.run(*command, *theirs)
        if status and "doesn't match others" in text:
            # mdadm takes none if one has been away since the geometry changed
            md.must(*command, *(d for d in theirs if self.m.disks[d] in POOL + ("good",)))
        elif status:
            raise Failure(f"mdadm --assemble {theirs}: {text}")
        members = {"rebuilding", "spare", "replacement", "good"}
        allowed = {**BY_ITSELF, "faulty": {"away"},
                   "away": {"away", "spare", "rebuilding"},
                   "rebuilding": members, "spare": members, "replacement": members}
        if crashed:
            # What was under way may have got that far or not
            anything = members | {"faulty", "away"}
            allowed = {k: anything for k in BY_ITSELF}
            allowed["free"] = anything | {"free"}
            allowed["good"] = anything if crashed.moves or self.m.want else {"good"}
        self.m.frozen = False
        self.set_speed(self.m.speed)
        self.observe(allowed)
        if r.random() < 0.5 and md.attr("array_state") == "read-auto":
            md.must("mdadm", "-q", "--readwrite", MD)
        return f"{len(self.m.having('good'))} of {self.m.raid_disks}"

    # ---- running

    def create(self):
        r = self.generator("create")
        self.choices = {d: r.random() for d in self.disks}
        m = self.m = Model({"disks": {d: "free" for d in self.disks}})
        level = ops.LEVELS[m.level]
        m.metadata = r.choice(("0.90", "1.0", "1.1", "1.2", "1.2"))
        m.raid_disks = r.choice(level.raid_disks[:2])
        m.size = r.choice(ops.SIZES)
        m.bitmap = r.choice(("none",) + ops.CHUNKS)
        for disk in self.disks:
            md.must("blkdiscard", "-f", disk)
        used = self.disks[:m.raid_disks]
        bitmap = (["--bitmap=none"] if m.bitmap == "none" else
                  ["--bitmap=internal", f"--bitmap-chunk={m.bitmap}"])
        if m.bitmap != "none" and r.random() < 0.3:
            bitmap.append(f"--write-behind={r.choice((8, 256, 16383))}")
            used.insert(1, "--write-mostly")
        self.say(f"create metadata {m.metadata}, {m.raid_disks} members of {m.size} MiB, "
                 f"{' '.join(bitmap)}")
        md.must("mdadm", "--create", MD, "--run", "--quiet", f"--level={m.level}",
                f"--raid-devices={m.raid_disks}", f"--metadata={m.metadata}",
                f"--size={m.size}M", *bitmap, *used)
        for disk in self.disks[:m.raid_disks]:
            m.disks[disk] = "good"
        self.observe()
        m.speed = r.choice(ops.SPEEDS)
        self.set_speed(m.speed)
        self.load.create()

    def save(self, name):
        now = time.monotonic()
        self.spent += now - self.mark
        self.mark = now
        self.load.log.save(json.dumps({
            "segment": self.segment, "number": self.number, "total": self.total, "op": name,
            "counts": self.counts, "sums": self.all_sums(), "spent": self.spent,
            "model": self.m.state()}).encode())

    def all_sums(self):
        """Of this boot and those before."""
        return self.sums + Counter({"records verified": self.load.verified,
                                    "records read back": self.load.read_back()})

    def resume(self):
        """After a power loss: what was acknowledged is there, and the members are as
        they were but for what was under way."""
        state = json.loads(self.load.log.load())
        self.segment, self.number = state["segment"], state["number"]
        self.total, self.spent = state["total"], state["spent"]
        self.counts.update(state["counts"])
        self.sums.update(state["sums"])
        self.sums["power losses"] += 1
        self.m = Model(state["model"])
        self.say(f"power came back, it went away in {state['op']}")
        self.load.resume()
        self.adopt(ops.BY_NAME[state["op"]])
        self.check_records()
        self.counts[state["op"]] += 1
        self.number += 1
        self.total += 1
        # Mostly all is well at last; sometimes it happens again before that
        self.save("quiesce")
        self.load.start()
        r = self.generator(self.number, "again")
        if self.can_lose_power and r.random() < 0.3:
            ops.BY_NAME["power-loss"].run(self, r)
        self.say("quiesce: " + self.quiesce())

    def adopt(self, op):
        """The state of an operation that power loss interrupted is what we find."""
        m = self.m
        # An interrupted "add" may have made a member of it, or erased its superblock
        for disk in m.having("free", "away") if op.name == "add" else ():
            m.disks[disk] = "free" if md.run("mdadm", "-E", disk)[0] else "away"
        self.assemble(self.generator(self.number, "resume"), crashed=op)
        m.raid_disks = self.one_of("raid_disks", m.raid_disks, op, "-disks")
        m.size = self.one_of("component_size", m.size << 10, op, "resize") >> 10
        if op.name in ("resize", "tail"):
            m.tail = {}
        location = md.attr("bitmap/location")
        if op.name.startswith("bitmap") and (location == "none") != (m.bitmap == "none"):
            m.bitmap = "none" if location == "none" else "64K"

    @staticmethod
    def one_of(name, before, op, part):
        now = int(md.attr(name))
        if now != before and part not in op.name:
            raise Failure(f"{name} is {now} after a power loss, it was {before}")
        return now

    def step(self):
        op = self.next_op()
        turn = ops.BY_NAME.get(TURNS.get(self.number % ROUND))
        if turn and turn.when(self):
            op = turn
        self.save(op.name)
        self.say(op.name)
        start = time.monotonic()
        remark = op.run(self, self.rng)
        self.counts[op.name] += 1
        self.observe()
        self.check_state()
        if self.load.runs:
            self.load.everybody_moves()
        self.say(f"{op.name}: {remark} [{' '.join(self.glance())}] "
                 f"{time.monotonic() - start:.1f} s")
        self.number += 1
        self.total += 1

    def glance(self):
        for disk in self.disks:
            if self.m.disks[disk] != "free":
                yield f"{os.path.basename(disk)}:{self.m.disks[disk]}"
        yield md.attr("sync_action")

    def over(self):
        return ((self.args.ops and self.total >= self.args.ops)
                or (self.args.seconds and self.spent > self.args.seconds))

    def run_segment(self):
        if not self.m:
            self.create()
            self.load.start()
        monitor = subprocess.Popen(  # pylint: disable=consider-using-with
            ["mdadm", "--monitor", "--delay=1", "--alert=/bin/true", MD],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while self.number < OPS_PER_SEGMENT and not self.over():
            self.step()
        # A kill that was announced comes here at the latest
        while self.power_ends:
            self.load.everybody_moves()
        self.say("quiesce at the end: " + self.quiesce())
        self.counts["quiesce"] += 1
        monitor.terminate()
        monitor.wait()
        self.load.stop()
        md.stop()

    def main(self):
        if self.args.resume:
            self.resume()
        while True:
            self.run_segment()
            if self.over() or self.args.one:
                break
            self.segment, self.number, self.m = self.segment + 1, 0, None
        self.load.kill()
        print(f"# seed {self.args.seed}: all well; {self.total} operations up to segment "
              f"{self.segment} in {self.spent:.0f} s; "
              + ", ".join(f"{c} {n}" for n, c in sorted(self.all_sums().items())))
        print("# operations:", ", ".join(f"{n} {c}" for n, c in sorted(self.counts.items())))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--ops", type=int, default=0)
    parser.add_argument("--segment", type=int, default=0)
    parser.add_argument("--one", action="store_true", help="only this segment")
    parser.add_argument("--power-loss", action="store_true")
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()
    disks = os.environ["DISKS"].split()
    stress = Stress(args, disks)
    try:
        stress.main()
    except Exception as error:  # pylint: disable=broad-except
        if not isinstance(error, Failure):
            sys.excepthook(*sys.exc_info())
        stress.die(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
