# SPDX-License-Identifier: GPL-2.0
"""The host's half of the stress program: boots the VM, takes its power away when the
guest says so, and lets it go on."""

import re
import time

import vmlib
from hostlib import Guest

DISKS = 6  # five for the array, one that remembers
SILENCE = 600  # seconds: the guest gives up earlier by itself


class StressGuest(Guest):
    """A run of the stress program."""

    def __init__(self):
        super().__init__(disks=DISKS)
        self.segment = 0
        self.kills = 0

    def _line(self, text):
        super()._line(text)
        place = re.match(r"(\d+)\.\d+ ", text)
        if place:
            self.segment = int(place.group(1))

    def _listen(self, limit):
        """The next line that is for us."""
        return self.vm.until(lambda t: t.startswith(("@power-loss ", "@@end ")), limit,
                             self._line)

    def _until_it_ends(self, command):
        """Through as many power losses as the guest wants; its exit status."""
        self.boot()
        self.start(command)
        while True:
            self.output = []
            text = self._listen(SILENCE * self.scale)
            if text.startswith("@power-loss"):
                try:
                    text = self._listen(float(text.split()[1]) * self.scale)
                except vmlib.VMTimeout:
                    self.kills += 1
                    self.kill()
                    self.boot()
                    self.start(command + " --resume")
                    continue
            return int(text.split()[1])

    def stress(self, arguments):
        begin = time.monotonic()
        try:
            status = self._until_it_ends(
                f"python3 stress/stress.py --seed {self.seed} {arguments}")
            assert status == 0, f"status {status}"
            self.run("true")
        except (vmlib.VMError, AssertionError):
            print(f"# FAIL after {self.kills} power losses; to repeat it: make stress "
                  f"K={self.kernel} SEED={self.seed} SEGMENT={self.segment}", flush=True)
            raise
        print(f"# {self.kernel}: seed {self.seed}, {self.kills} power losses, "
              f"{time.monotonic() - begin:.0f} s in all", flush=True)
