# SPDX-License-Identifier: GPL-2.0
"""What the tests that kill the VM share: the records that were acknowledged."""

import re

from hostlib import Guest

WRITERS = 2


class CrashGuest(Guest):
    """Starts writers in the guest and remembers what they acknowledged."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.last = {"raw": [-1] * WRITERS, "file": [-1] * WRITERS}

    def rounds(self, many, few):
        """Fewer on the debug kernel."""
        return many if self.kernel == "stock" else few

    def _line(self, text):
        found = re.fullmatch(r"ack (raw|file) (\d+) (\d+)", text)
        if found:
            kind, writer, number = found[1], int(found[2]), int(found[3])
            self.last[kind][writer] = max(self.last[kind][writer], number)
        else:
            super()._line(text)

    def writers(self, kind, where):
        """A line of shell: writers that go on from what is acknowledged."""
        first = " ".join(str(n + 1) for n in self.last[kind])
        return f"python3 crash/records.py write {kind} {where} {first} &"

    def verify(self, kind, where):
        last = " ".join(str(n) for n in self.last[kind])
        return f"python3 crash/records.py verify {kind} {where} {last}"

    def load_and_kill(self, script, low=0.2, high=1.5):
        """Starts the script, which ends in "wait", and kills the VM at a
        random time after all writers have acknowledged something."""
        before = {k: list(v) for k, v in self.last.items()}
        self.start(script)
        kinds = [k for k in before if f"write {k}" in script]

        def started(text):
            assert not text.startswith("@@end"), "the load ended by itself"
            self._line(text)
            return all(now > old for k in kinds
                       for now, old in zip(self.last[k], before[k]))
        self.vm.until(started, 300 * self.scale, None)
        self.kill_at_random(low, high)
        print("# acknowledged:", self.last, flush=True)
