# SPDX-License-Identifier: GPL-2.0
"""What the stress program does: a row per operation. "when" looks at the modelled
state and says whether it makes sense now; "run" does it, and returns a remark. Each
gets the program (s) with its model (s.m), and run a generator of its own (r), so
that a choice doesn't depend on how many others were made before."""

import errno
import os
import time
from collections import namedtuple

import mdarray as md
from mdarray import MD, MIB, SYSFS, Failure
from writers import FS_MIB, RAW_MIB

Op = namedtuple("Op", "name weight when run levels moves", defaults=((1,), False))
# What a level can do, for the rows and for the invariants
Level = namedtuple("Level", "name raid_disks spares_lost")
LEVELS = {
    # Numbers of slots, and how many members an array with so many may lack
    1: Level("raid1", (2, 3, 4), lambda slots: slots - 1),
}
SIZES = (40, 48, 64, 80)
SPEEDS = (0, 2000, 10000, 30000)  # KiB/s, so that syncs last over some operations
CHUNKS = ("64K", "128K", "1M", "16M")
BUSY = (errno.EBUSY,)


def always(_s):
    return True


def running(s):
    return not s.m.frozen


# ---- members


def may_fail(s):
    """Those whose loss leaves a copy that nothing is about to replace."""
    solid = [d for d in s.m.having("good") if d not in s.m.want]
    enough = LEVELS[s.m.level].spares_lost(s.m.raid_disks)
    lost = s.m.raid_disks - len(s.m.having("good"))
    return [d for d in s.m.disks
            if s.m.disks[d] in ("spare", "rebuilding", "replacement")
            or (s.m.disks[d] == "good" and lost < enough)
            if set(solid) - {d}]


def fail(s, r):
    disk = s.pick(may_fail(s))
    name = os.path.basename(disk)
    if r.random() < 0.5:
        md.must("mdadm", "-q", MD, "--fail", disk)
    else:
        md.must_store(f"dev-{name}/state", "faulty")
    s.m.disks[disk] = "faulty"
    return name


def last_good(s):
    m = s.m
    return (len(m.having("good")) == 1 and not m.pool() and not m.want)


def fail_last(s, _r):
    disk = s.m.having("good")[0]
    error = md.store(f"dev-{os.path.basename(disk)}/state", "faulty")
    if error != errno.EBUSY:
        raise Failure(f"failing the last good member {disk}: errno {error}")
    return os.path.basename(disk)


def removable(s):
    spares = s.m.having("spare") if not s.m.want and not s.m.vacancies() else []
    return s.m.having("faulty") + spares


def remove(s, r):
    disk = s.pick(removable(s))
    by_attr = r.random() < 0.3

    def removed():
        if by_attr:
            return md.store(f"dev-{os.path.basename(disk)}/state", "remove") == 0
        return md.mdadm("-q", MD, "--remove", disk)[0] == 0
    md.wait(f"remove {disk}", removed)
    if disk in md.members():
        raise Failure(f"{disk} is removed and still there")
    s.m.disks[disk] = "away"
    return os.path.basename(disk)


def addable(s):
    """One more than slots are vacant, at most: then it is known who goes where."""
    if len(s.m.pool()) >= max(1, s.m.vacancies()):
        return []
    return s.m.having("free") + s.m.having("away")


def add(s, r):
    disk = s.pick(addable(s))
    if s.m.disks[disk] == "away" and r.random() < 0.5:
        md.must("mdadm", "-q", "--zero-superblock", disk)
    more = ["--write-mostly"] if r.random() < 0.15 else []
    md.must("mdadm", "-q", MD, "--add", *more, disk)
    s.m.disks[disk] = "rebuilding"
    return os.path.basename(disk) + " ".join(more)


def can_readd(s):
    return [] if s.m.pool() or not s.m.vacancies() else s.m.having("away")


def readd(s, _r):
    disk = s.pick(can_readd(s))
    status, text = md.mdadm(MD, "--re-add", disk)
    if disk in md.members():
        if status:
            raise Failure(f"--re-add {disk} failed, and it is a member: {text}")
        s.m.disks[disk] = "rebuilding"
        return os.path.basename(disk)
    if not status:
        raise Failure(f"--re-add {disk} succeeded, but it is no member")
    return f"{os.path.basename(disk)} refused"


def can_readd_by_state(s):
    return [] if s.m.pool() else s.m.having("faulty")


def readd_by_state(s, _r):
    disk = s.pick(can_readd_by_state(s))
    path = f"dev-{os.path.basename(disk)}"
    if not s.m.frozen:
        md.wait(f"{disk} leaves its slot", lambda: md.attr(path + "/slot") == "none")
    error = md.store(path + "/state", "re-add")
    if error and not s.m.frozen:
        raise Failure(f"re-add of {disk}: errno {error}")
    if error:
        return "refused, frozen"
    s.m.disks[disk] = "rebuilding"
    return path


def replaceable(s):
    m = s.m
    if m.vacancies() or m.want or len(m.pool()) != 1 or not m.having("spare"):
        return []
    return m.having("good")


def replace(s, r):
    disk, spare = s.pick(replaceable(s)), s.m.having("spare")[0]
    more = ["--with", spare] if r.random() < 0.5 else []
    # From here on both may change at any time
    s.m.want.add(disk)
    status, text = md.mdadm("-q", MD, "--replace", disk, *more)
    if status:
        raise Failure(f"--replace {disk} {more}: {text}")
    return f"{os.path.basename(disk)} by {os.path.basename(spare)}"


def dont_replace(s, _r):
    disk = s.pick(sorted(s.m.want))
    md.store(f"dev-{os.path.basename(disk)}/state", "-want_replacement")
    return os.path.basename(disk)


def toggle(flag):
    def function(s, _r):
        disk = s.pick(s.m.having("good"))
        path = f"dev-{os.path.basename(disk)}/state"
        value = ("-" if flag[1] in md.attr(path) else "") + flag[0]
        error = md.store(path, value)
        # A member that was being replaced may have been
        if error and disk not in s.m.want:
            raise Failure(f"{value} > {path}: errno {error}")
        return f"{os.path.basename(disk)} {value}"
    return function


# ---- geometry and bitmap


def change(s, what, value, attempt, actual):
    """Refused only while a sync runs: once that is over it has to work."""
    for again in (False, True):
        status, text = attempt()
        now = actual()
        if (now == value) != (status == 0):
            raise Failure(f"{what} {value}: status {status} ({text}), and it is {now}")
        if not status:
            return f"{value}" + " at the second try" * again
        if again:
            raise Failure(f"{what} {value} is refused while nothing runs: {text}")
        s.settle(keep_still=True)
    return None


def thaw(s):
    """As mdadm --grow does, and a store doesn't."""
    md.must_store("sync_action", "idle")
    s.m.frozen = False


def set_slots(s, r, slots):
    def by_mdadm():
        return md.mdadm("-q", "--grow", MD, f"--raid-devices={slots}", "--force")

    def by_attr():
        return md.store("raid_disks", slots), ""
    result = change(s, "raid-devices", slots, by_mdadm if r.random() < 0.5 else by_attr,
                    lambda: int(md.attr("raid_disks")))
    s.m.raid_disks = slots
    thaw(s)
    return result


def can_grow(s):
    return s.m.raid_disks < max(LEVELS[s.m.level].raid_disks)


def can_shrink(s):
    return (s.m.raid_disks > min(LEVELS[s.m.level].raid_disks) and s.m.vacancies()
            and not s.m.pool() and not s.m.want and not s.m.having("faulty"))


def set_size(s, mib, r):
    def by_mdadm():
        return md.mdadm("-q", "--grow", MD, f"--size={mib}M")

    def by_attr():
        return md.store("component_size", mib << 10), ""
    result = change(s, "size", mib, by_mdadm if r.random() < 0.5 else by_attr,
                    lambda: int(md.attr("component_size")) >> 10)
    s.m.size = mib
    s.m.tail = {k: v for k, v in s.m.tail.items() if int(k) < mib}
    thaw(s)
    return result


def resize(s, r):
    return set_size(s, r.choice([n for n in SIZES if n != s.m.size]), r)


def set_bitmap(s, value):
    chunk = [] if value == "none" else [f"--bitmap-chunk={value}"]
    kind = "none" if value == "none" else "internal"
    result = change(s, "bitmap", kind,
                    lambda: md.mdadm("-q", "--grow", MD, f"--bitmap={kind}", *chunk),
                    lambda: "none" if md.attr("bitmap/location") == "none" else "internal")
    s.m.bitmap = value
    thaw(s)
    return f"{result} {value}"


def bitmap_on(s, r):
    return set_bitmap(s, r.choice(CHUNKS))


def bitmap_off(s, _r):
    return set_bitmap(s, "none")


def bitmap_chunk(s, r):
    set_bitmap(s, "none")
    return set_bitmap(s, r.choice([c for c in CHUNKS if c != s.m.bitmap]))


def has_bitmap(s):
    return s.m.bitmap != "none"


def put(name, values, allowed=()):
    """Writes one of the values to an attribute."""
    def function(_s, r):
        value = r.choice(values)
        error = md.store(name, value)
        if error and error not in allowed:
            raise Failure(f"{value} > {name}: errno {error}")
        return f"{value}" + f" ({os.strerror(error)})" * bool(error)
    return function


# ---- sync


def action(word):
    def function(s, _r):
        error = md.store("sync_action", word)
        if error and (error != errno.EBUSY or word in ("idle", "frozen")):
            raise Failure(f"{word} > sync_action: errno {error}")
        if word == "frozen" and md.attr("sync_action") != "frozen":
            raise Failure(f"frozen, but sync_action is {md.attr('sync_action')}")
        s.m.frozen = word == "frozen" or (s.m.frozen and bool(error))
        return os.strerror(error) if error else ""
    return function


def storm(s, r):
    """check and idle by turns, as fast as it goes."""
    done = 0
    for _ in range(r.randrange(5, 25)):
        for word in ("check", r.choice(("idle", "idle", "frozen"))):
            error = md.store("sync_action", word)
            if error and (error != errno.EBUSY or word != "check"):
                raise Failure(f"{word} > sync_action: errno {error}")
            done += not error
    md.must_store("sync_action", "idle")
    s.m.frozen = False
    return f"{done} done"


def sync_window(s, r):
    """A check that has to stop at sync_max for a while."""
    error = md.store("sync_max", r.randrange(1, s.m.size) * 2048)
    if not error:
        s.m.frozen = bool(md.store("sync_action", "check")) and s.m.frozen
        time.sleep(r.random() * 0.3)
    md.must_store("sync_max", "max")
    return os.strerror(error) if error else ""


def speed(s, r):
    s.m.speed = r.choice(SPEEDS)
    s.set_speed(s.m.speed)
    return f"{s.m.speed} KiB/s"


# ---- the array as a whole


def restart(s, r):
    """Stopped and assembled, in any order of members, with all that belonged to it."""
    with s.nobody_uses_it():
        md.stop()
        options = ["--update=resync"] if r.random() < 0.15 else []
        return " ".join([s.assemble(r, *options)] + options)


def read_only(s, r):
    with s.nobody_uses_it():
        by_mdadm = r.random() < 0.5

        def done():  # udev may have it open for a moment
            if by_mdadm:
                return md.mdadm("-q", "--readonly", MD)[0] == 0
            return md.store("array_state", "readonly") == 0
        md.wait("readonly", done, lambda: None)
        if md.attr("array_state") != "readonly":
            raise Failure(f"read-only, but {md.attr('array_state')}")
        s.check_records()
        try:
            md.write_direct(MD, (FS_MIB + RAW_MIB) * MIB, b"x" * 4096)
            raise Failure("a read-only array was written to")
        except OSError:
            pass
        before = s.observe()
        # Taken and forgotten
        md.must_store("sync_action", "check")
        s.m.frozen = False
        if md.attr("sync_action") != "idle":
            raise Failure(f"read-only, but sync_action is {md.attr('sync_action')}")
        for name in ("raid_disks", "component_size", "bitmap/location"):
            md.store(name, r.randrange(1, 9))
        if s.observe() != before:
            raise Failure("members changed while read-only")
        if r.random() < 0.5:
            md.must("mdadm", "-q", "--readwrite", MD)
        else:
            md.must_store("array_state", r.choice(("active", "clean")))
    return ""


def suspend_range(_s, r):
    """Writes there wait, and go on afterwards."""
    low = (FS_MIB + r.randrange(RAW_MIB)) * 2048
    md.must_store("suspend_lo", low)
    md.must_store("suspend_hi", low + r.randrange(1, 8) * 2048)
    time.sleep(r.random() * 0.3)
    for name in r.choice((("suspend_lo", "suspend_hi"), ("suspend_hi", "suspend_lo"))):
        md.must_store(name, 0)
    return ""


def tail(s, r):
    """Data behind what the writers use."""
    first = FS_MIB + RAW_MIB
    for _ in range(3):
        mib, seed = r.randrange(first, s.m.size), r.randrange(1 << 32)
        md.bounded("write", lambda mib=mib, seed=seed: md.write_direct(
            MD, mib * MIB, s.tail_data(seed)))
        s.m.tail[str(mib)] = seed
    return ""


def read_attributes():
    """How many could be read. Links lead to disks, whose attributes aren't ours."""
    count = 0
    for directory, _, names in os.walk(SYSFS):
        for name in names:
            try:
                with open(os.path.join(directory, name), "rb") as f:
                    f.read()
                count += 1
            except OSError as error:
                # A member can go at any time; some are only written
                if error.errno not in (errno.ENODEV, errno.ENOENT, errno.EIO,
                                       errno.EACCES):
                    raise
    return count


def read_all(s, _r):
    """Every attribute of the array and its members."""
    count = md.bounded("read attributes", read_attributes)
    for command in (("cat", "/proc/mdstat"), ("mdadm", "--detail", MD)):
        md.must(*command)
    for disk in s.m.having("good")[:1]:
        md.must("mdadm", "--examine", disk)
        if s.m.bitmap != "none":
            md.must("mdadm", "--examine-bitmap", disk)
    return f"{count} read"


def open_close(_s, r):
    def loop():
        for _ in range(r.randrange(5, 30)):
            os.close(os.open(MD, os.O_RDWR))
    md.bounded("open and close", loop)
    return ""


def state_by_hand(_s, r):
    word = r.choice(("active", "clean"))
    error = md.store("array_state", word)
    if error and (error != errno.EBUSY or word == "active"):
        raise Failure(f"{word} > array_state: errno {error}")
    return word


def settle(s, _r):
    s.settle()
    return f"{len(s.m.having('good'))} of {s.m.raid_disks}"


def quiesce(s, _r):
    return s.quiesce()


def power_loss(s, r):
    """The host kills the VM that much later; we go on till then."""
    print(f"@power-loss {r.random() * 3:.2f}", flush=True)
    s.power_ends = True
    return ""


OPS = (
    Op("fail", 10, lambda s: bool(may_fail(s)), fail, moves=True),
    Op("fail-last", 3, last_good, fail_last),
    Op("remove", 9, lambda s: bool(removable(s)), remove, moves=True),
    Op("add", 10, lambda s: bool(addable(s)), add, moves=True),
    Op("re-add", 9, lambda s: bool(can_readd(s)), readd, moves=True),
    Op("re-add-by-state", 4, lambda s: bool(can_readd_by_state(s)), readd_by_state,
       moves=True),
    Op("replace", 9, lambda s: bool(replaceable(s)), replace, moves=True),
    Op("dont-replace", 1, lambda s: bool(s.m.want), dont_replace),
    Op("write-mostly", 3, lambda s: bool(s.m.having("good")),
       toggle(("writemostly", "write_mostly")), levels=(1,)),
    Op("failfast", 2, lambda s: bool(s.m.having("good")), toggle(("failfast", "failfast"))),
    Op("grow-disks", 4, can_grow, lambda s, r: set_slots(s, r, s.m.raid_disks + 1),
       moves=True),
    Op("shrink-disks", 6, can_shrink, lambda s, r: set_slots(s, r, s.m.raid_disks - 1),
       moves=True),
    Op("resize", 4, running, resize),
    Op("bitmap-on", 8, lambda s: not has_bitmap(s), bitmap_on),
    Op("bitmap-off", 2, has_bitmap, bitmap_off),
    Op("bitmap-chunk", 2, has_bitmap, bitmap_chunk),
    Op("bitmap-time-base", 3, has_bitmap, put("bitmap/time_base", (0.05, 0.3, 5))),
    Op("bitmap-set-bits", 2, has_bitmap,
       put("bitmap_set_bits", ("0", "0-1", "1 0"), BUSY + (errno.EINVAL,))),
    Op("write-behind", 3, has_bitmap, put("bitmap/backlog", (0, 8, 256, 16383)),
       levels=(1,)),
    Op("check", 5, always, action("check")),
    Op("repair", 3, always, action("repair")),
    Op("idle", 4, always, action("idle")),
    Op("frozen", 2, always, action("frozen")),
    Op("thaw", 8, lambda s: s.m.frozen, action("idle")),
    Op("storm", 2, always, storm),
    Op("sync-window", 2, always, sync_window),
    Op("speed", 5, always, speed),
    Op("stop-assemble", 6, always, restart, moves=True),
    Op("read-only", 4, always, read_only),
    Op("suspend-range", 3, always, suspend_range),
    Op("tail", 5, always, tail),
    Op("safe-mode", 3, always, put("safe_mode_delay", ("0.001", "0.02", "0.2", "5"))),
    Op("serialize", 3, always, put("serialize_policy", (0, 1))),
    Op("state", 3, always, state_by_hand),
    Op("read-all", 4, always, read_all),
    Op("open-close", 2, always, open_close),
    Op("settle", 5, always, settle),
    Op("quiesce", 2, always, quiesce),
    Op("power-loss", 3, lambda s: s.can_lose_power and not s.power_ends, power_loss),
)
BY_NAME = {op.name: op for op in OPS}
