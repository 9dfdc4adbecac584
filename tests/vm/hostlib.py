# SPDX-License-Identifier: GPL-2.0
"""For tests that run on the host (tests/<area>/<name>.host) since they boot,
kill and boot again a VM whose disks stay. The runner sets the environment;
T=<name> make test runs one."""

import os
import random
import sys
import tempfile
import time

import vmlib


def skip(why):
    print("# SKIP:", why)
    sys.exit(4)


class Guest:
    """Disks that outlive the VMs that are booted on them."""
    turn = vmlib.TURN  # seconds to keep a slot, over several boots, if others wait

    def __init__(self, disks=vmlib.DISK_COUNT, size=vmlib.DISK_SIZE):
        vmlib.die_on_signals()
        self.kernel = os.environ.get("KERNEL", "stock")
        driver = os.environ.get("DRIVER", "ours")
        self.directory = vmlib.run_directory()
        self.payload = os.environ.get("MD_PAYLOAD") or vmlib.make_payload(
            self.kernel, driver, self.directory)
        self.scale = vmlib.SCALE[self.kernel] * vmlib.SLOW
        self.disks = vmlib.make_disks(tempfile.mkdtemp(dir=self.directory),
                                      disks, size)
        self.seed = int(os.environ.get("SEED") or random.randrange(1 << 32))
        print(f"# SEED={self.seed}", flush=True)
        self.random = random.Random(self.seed)
        self.vm = None
        self.turn_began = 0.0
        self.output = []

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.vm:
            if kind and not isinstance(value, SystemExit):
                print("# console:\n" + self.vm.console_tail(), flush=True)
            self.vm.kill()

    def boot(self, **how):
        """A new VM, which replaces the one before, in its slot for a while."""
        slot = None
        if self.vm:
            over = (time.monotonic() - self.turn_began > self.turn
                    and vmlib.slot_is_wanted())
            slot = None if over else self.vm.slot
            self.vm.kill(keep_slot=not over)
        self.vm = vmlib.boot(self.kernel, self.payload, self.disks,
                             tempfile.mkdtemp(dir=self.directory), slot=slot, **how)
        if self.vm.slot is not slot:
            self.turn_began = time.monotonic()

    def run(self, script, limit=300):
        """Runs bash text with rc.sh sourced; its output is in self.output.
        A status other than 0, or a splat in the log, fails the test."""
        self.output = []
        status = self.try_run(script + "\n! dmesg | splat_lines\n", limit)
        assert status == 0, f"exit status {status} in the guest"

    def try_run(self, script, limit=300):
        self._send(script)
        return self.vm.end(limit * self.scale, self._line)

    def start(self, script):
        """The same, without waiting: for load that a kill will end."""
        self._send(script)

    def _send(self, script):
        text = "\n".join(line.strip() for line in script.strip().splitlines())
        self.vm.control.sendall(b"script\n" + text.encode() + b"\n@@eof\n")

    def _line(self, text):
        print(text, flush=True)
        self.output.append(text)

    def wait_for_line(self, start, limit=300):
        """The next line of a started script that starts so."""
        return self.vm.until(lambda t: t.startswith(start),
                              limit * self.scale, self._line)

    def kill_at_random(self, low, high):
        """SIGKILL after a random time, in seconds, between the two."""
        self.vm.drain(self.random.uniform(low, high) * self.scale, self._line)
        self.kill()

    def kill(self):
        print("# killed", time.strftime("%X"), flush=True)
        self.vm.kill(keep_slot=True)
