# SPDX-License-Identifier: GPL-2.0
"""Boots VMs and talks to them: what the runner, the benchmark and the tests
that run on the host (*.host) have in common."""

import atexit
import fcntl
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

VM_DIR = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(VM_DIR)
TOP = os.path.dirname(TESTS)
CACHE = os.environ.get("MDRAID_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "md-raid")
LOGS = os.path.join(CACHE, "logs")
DISK_COUNT = 8
DISK_SIZE = 100 << 20
MEMORY = {"stock": 1024, "debug": 2048}
# How much slower than the stock kernel the debug kernel may be
SCALE = {"stock": 1, "debug": 4}
SLOW = float(os.environ.get("SLOW", "1"))  # for an overloaded machine
BOOT_LIMIT = 150 * SLOW


# One processor, whose clock counts its instructions: what a guest measures repeats to
# about 1 % on any machine, however busy
COUNTED = {"append": "tsc=reliable", "smp": 1, "accel": "tcg,thread=single",
           "extra": ["-icount", "shift=0,sleep=off"]}


class VMError(Exception):
    """The VM didn't do what was asked of it."""


class VMTimeout(VMError):
    """... in time."""


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def read_file(*path):
    with open(os.path.join(*path), encoding="utf-8", errors="replace") as f:
        return f.read()


def release_of(kernel):
    return read_file(CACHE, kernel, "release").strip()


def kdir_of(kernel):
    if kernel == "debug":
        return os.path.join(CACHE, "debug", "build")
    return read_file(CACHE, "stock", "kdir").strip()


def have_kvm():
    """/dev/kvm may be there and still not run a guest."""
    flags = re.search(r"^flags\s*:(.*)$", read_file("/proc/cpuinfo"), re.M)
    return (flags is not None and os.access("/dev/kvm", os.W_OK)
            and bool({"vmx", "svm"} & set(flags.group(1).split())))


def run_directory():
    """A directory of this process, gone at its end; those of processes that
    were killed go too."""
    base = os.path.join(CACHE, "run")
    os.makedirs(base, exist_ok=True)
    shm = "/dev/shm" if shutil.disk_usage("/dev/shm").free > 3 << 30 else base
    for parent in {base, shm}:
        for name in os.listdir(parent):
            match = re.fullmatch(r"md-raid\.(\d+)\..*", name)
            if match and not os.path.exists("/proc/" + match.group(1)):
                shutil.rmtree(os.path.join(parent, name), ignore_errors=True)
    path = tempfile.mkdtemp(prefix=f"md-raid.{os.getpid()}.", dir=shm)
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def setup(*parts):
    subprocess.run([os.path.join(VM_DIR, "setup"), *parts], check=True,
                   stdout=sys.stderr)


def setup_for(kernels):
    parts = ["packages", "mdadm", "stock", "root"]
    if "debug" in kernels:
        parts += ["source", "debug"]
    setup(*parts, "initramfs")


def build_modules(kernel, quiet=True):
    """Builds our modules for that kernel, away from the sources so that no
    objects are shared, and returns the directory that holds them."""
    key = hashlib.sha256(TOP.encode()).hexdigest()[:8]
    path = os.path.join(CACHE, "build", f"{kernel}-{key}")
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, ".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["rsync", "-a", "--delete", "--include=*.c",
                        "--include=*.h", "--include=Kbuild", "--exclude=*",
                        TOP + "/", path + "/"], check=True)
        command = ["make", "-C", kdir_of(kernel), "M=" + path,
                   f"-j{os.cpu_count()}", "modules"]
        if shutil.which("ccache"):
            command.append("CC=ccache gcc")
        if os.environ.get("MAKE_ARGS"):
            command += os.environ["MAKE_ARGS"].split()
        env = {k: v for k, v in os.environ.items()
               if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "KDIR", "T", "K")}
        env["CCACHE_DIR"] = os.path.join(CACHE, "ccache")
        done = subprocess.run(command, env=env, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode or not quiet or "warning:" in done.stdout:
            say(done.stdout)
        if done.returncode:
            raise VMError(f"the modules don't build for the {kernel} kernel")
    return path


def make_payload(kernel, driver, directory, conf=None, extra=()):
    """An ext4 image with modules, tests and what the tests should know.
    Without our driver the in-tree one is all that modprobe can find."""
    tree = tempfile.mkdtemp(prefix="payload.", dir=directory)
    release = release_of(kernel)
    modules = os.path.join(tree, "lib/modules", release)
    shutil.copytree(os.path.join(CACHE, kernel, "modules/lib/modules", release),
                    modules)
    if driver != "intree":
        built = build_modules(kernel)
        os.mkdir(os.path.join(modules, "updates"))
        for name in os.listdir(built):
            if name.endswith(".ko"):
                shutil.copy(os.path.join(built, name),
                            os.path.join(modules, "updates"))
    subprocess.run(["depmod", "-b", tree, release], check=True)
    shutil.copytree(TESTS, os.path.join(tree, "tests"), symlinks=True,
                    ignore=shutil.ignore_patterns("unit", "__pycache__", ".*"))
    shutil.copy(os.path.join(VM_DIR, "init"), os.path.join(tree, "init"))
    for source, name in extra:
        shutil.copy(source, os.path.join(tree, name))
        os.chmod(os.path.join(tree, name), 0o755)
    scale = max(1, round(SCALE[kernel] * SLOW))
    with open(os.path.join(tree, "vm.conf"), "w", encoding="utf-8") as f:
        for key, value in {"KERNEL": kernel, "DRIVER": driver,
                           "TIMEOUT_SCALE": scale, **(conf or {})}.items():
            f.write(f"{key}='{value}'\n")
    image = tree + ".img"
    size = int(subprocess.run(["du", "-sm", tree], check=True, text=True,
                              capture_output=True).stdout.split()[0])
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-m", "0",
                    "-d", tree, image, f"{size * 5 // 4 + 16}M"],
                   check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return image


def make_disks(directory, count=DISK_COUNT, size=DISK_SIZE):
    """Sparse raw files; they live as long as the caller keeps the directory."""
    os.makedirs(directory, exist_ok=True)
    paths = [os.path.join(directory, f"disk{i}") for i in range(count)]
    for path in paths:
        if not os.path.exists(path):
            with open(path, "wb") as f:
                f.truncate(size)
    return paths


QUEUE = os.path.join(CACHE, "slot.queue")
# Other runs on the machine that wait for a VM get their turn after that long
TURN = 90


def take_slot():
    """As many VMs as there are processors: more only make each other time out,
    whoever started them. The slot is held as long as the file is open. Those
    who wait do it in a queue, at whose head stands who holds its lock."""
    paths = [os.path.join(CACHE, f"slot.{i}") for i in range(os.cpu_count() or 1)]
    with open(QUEUE, "w", encoding="ascii") as head:
        fcntl.flock(head, fcntl.LOCK_EX)
        while True:
            for path in paths:
                slot = open(path, "w", encoding="ascii")  # pylint: disable=consider-using-with
                try:
                    fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return slot
                except OSError:
                    slot.close()
            time.sleep(0.5)


def slot_is_wanted():
    """Whether somebody waits for one."""
    with open(QUEUE, "w", encoding="ascii") as head:
        try:
            fcntl.flock(head, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


class VM:
    """One boot of one kernel. Used as a context manager it's killed at the end."""

    def __init__(self, kernel, payload, disks, directory, *, append="",
                 smp=2, memory=None, accel=None, stdio=False, extra=(), slot=None):
        self.kernel = kernel
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        self.console = os.path.join(directory, "console.log")
        self.pending = b""
        self.tests_done = 0
        control = os.path.join(directory, "control")
        if os.path.exists(control):
            os.unlink(control)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(control)
        listener.listen(1)
        if accel is None:
            accel = ("kvm" if have_kvm() else "tcg,thread=multi")
        # MP tables spare the debug kernel a minute of ACPI evaluation
        line = ("console=ttyS0 quiet mitigations=off panic=-1 oops=panic "
                "random.trust_cpu=on no_timer_check log_buf_len=4M "
                + ("pci=noacpi " if kernel == "debug" else "") + append)
        base = os.path.join(CACHE, kernel)
        command = [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot",
            "-display", "none", "-M", "pc", "-accel", accel,
            "-cpu", "host" if accel == "kvm" else "max",
            "-smp", str(smp), "-m", f"{memory or MEMORY[kernel]}M",
            "-kernel", os.path.join(base, "kernel"),
            "-initrd", os.path.join(base, "initramfs"), "-append", line,
            "-serial", "mon:stdio" if stdio else "file:" + self.console,
            "-chardev", f"socket,id=control,path={control}",
            "-serial", "chardev:control", *extra]
        drives = [("root", os.path.join(CACHE, "root/root.img"), "on"),
                  ("payload", payload, "on")]
        drives += [(f"test{i}", path, "off") for i, path in enumerate(disks)]
        for name, path, readonly in drives:
            command += [
                "-drive", f"if=none,id={name},file={path},format=raw,"
                f"cache=unsafe,discard=unmap,readonly={readonly}"
                + (",file.locking=off" if readonly == "on" else ""),
                "-device", f"virtio-blk-pci,drive={name},serial={name}"]
        self.slot = slot if slot and not slot.closed else take_slot()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=None if stdio else subprocess.DEVNULL,
            stdout=None if stdio else subprocess.DEVNULL,
            stderr=None if stdio else open(  # pylint: disable=consider-using-with
                os.path.join(directory, "qemu.log"), "wb"),
            # A terminal's Ctrl-C is for us, who end the VM ourselves
            start_new_session=not stdio)
        atexit.register(self.kill)
        listener.settimeout(60)
        try:
            self.control, _ = listener.accept()
        except OSError as err:
            self.kill()
            raise VMError("QEMU did not start: "
                          + read_file(directory, "qemu.log")) from err
        finally:
            listener.close()
        try:
            self.until(lambda text: text == "@@ready", BOOT_LIMIT, None)
        except VMError:
            self.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.kill()

    @property
    def pid(self):
        return self.process.pid

    def kill(self, keep_slot=False):
        """SIGKILL: as if the power had gone, except that what was written is
        in the host's files. The slot may be kept for the VM that follows."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if not keep_slot:
            self.slot.close()

    def age(self):
        """Seconds since it was started."""
        return time.monotonic() - self.started

    def poweroff(self, limit=30):
        self.control.sendall(b"poweroff\n")
        try:
            self.process.wait(limit * SLOW)
        except subprocess.TimeoutExpired:
            self.kill()

    def console_tail(self, lines=120):
        text = re.sub(r"\x1b[^a-zA-Z]*[a-zA-Z]", "", read_file(self.console))
        return "\n".join(text.replace("\r", "").splitlines()[-lines:])

    def until(self, is_end, limit, on_line):
        """Feeds lines to on_line until one is the end, which is returned."""
        deadline = time.monotonic() + limit if limit else None
        while True:
            while b"\n" in self.pending:
                raw, self.pending = self.pending.split(b"\n", 1)
                text = raw.decode(errors="replace").rstrip("\r")
                if is_end(text):
                    return text
                if on_line:
                    on_line(text)
            left = deadline - time.monotonic() if deadline else None
            if left is not None and left <= 0:
                raise VMTimeout("time limit reached")
            self.control.settimeout(left)
            try:
                data = self.control.recv(65536)
            except socket.timeout as err:
                raise VMTimeout("time limit reached") from err
            except ConnectionError:
                data = b""
            if not data:
                self.process.wait()
                raise VMError("the VM went down")
            self.pending += data

    def drain(self, seconds, on_line=None):
        """Reads what comes for that long."""
        try:
            self.until(lambda _: False, seconds, on_line)
        except VMTimeout:
            pass

    def request(self, what, limit=None, on_line=None):
        """Sends one line to the VM's init and returns the exit status."""
        self.control.sendall(what.encode() + b"\n")
        return self.end(limit, on_line)

    def end(self, limit=None, on_line=None):
        """The exit status of what was requested."""
        end = self.until(lambda t: t.startswith("@@end "), limit, on_line)
        return int(end.split()[1])


def boot(*args, **kwargs):
    """A VM that is up. Under emulation a kernel hangs now and then before it
    has come to our init, whatever it is to test: then once more."""
    for left in (2, 1, 0):
        try:
            return VM(*args, **kwargs)
        except VMTimeout:
            if not left:
                raise
            say("the VM did not come up, once more")


def die_on_signals():
    """Lets the exit handlers, which kill VMs, run on SIGTERM and SIGHUP."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
