# SPDX-License-Identifier: GPL-2.0
"""The host's half of the stress program: boots the VM, takes its power away when the
guest says so, and lets it go on."""

import time

import vmlib
from hostlib import Guest

DISKS = 6	# five for the array, one that remembers
SILENCE = 1200	# seconds: the guest gives up earlier by itself


class StressGuest(Guest):
    """A run of the stress program."""

    def __init__(self):
        super().__init__(disks=DISKS)
        self.kills = 0

    def _listen(self, limit):
        """The next line that is for us, or None."""
        return self.vm.until(lambda t: t.startswith(("@power-loss ", "@@end ")), limit,
                             self._line)

    def stress(self, seed, arguments):
        command = f"python3 stress/stress.py --seed {seed} {arguments}"
        self.boot()
        self.start(command)
        begin = time.monotonic()
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
            status = int(text.split()[1])
            assert status == 0, f"the stress program failed, status {status}"
            break
        print(f"# {self.kernel}: seed {seed}, {self.kills} power losses, "
              f"{time.monotonic() - begin:.0f} s in all", flush=True)
        self.run("true")
