# SPDX-License-Identifier: Apache-2.0
"""Faults of one server: where it dies, what its disk refuses and what time it is. The other end of tests/crash/faulty/control.h.

A step is a kind of file and what is done to it, "segment.sync"; STEPS lists them. Steps are counted as long as the control file lives, over all
starts of the server."""
import errno
import mmap
import os
import pathlib
import struct

from farshore_clients.wait import eventually
from realms import BINARY

LIBRARY = pathlib.Path(os.environ.get("FARSHORE_FAULTS_LIBRARY", BINARY.parent / "libfarshore_faults.so"))

STEPS = tuple(f"{kind}.{call}" for kind, calls in {
    "segment": "create read write move sync resize rename remove",
    "spare": "create write sync rename remove",
    "log": "sync",
    "extent": "create read write sync resize remove",
    "extents": "sync",
    "superblock": "create write sync rename",
    "meta": "sync",
    "table": "create read write sync remove",
    "manifest": "create write sync remove",
    "current": "create write sync rename",
    "index": "sync",
    "key": "create write sync rename",
    "socket": "send",
}.items() for call in calls.split())
# What a disk does that can be read but not written.
CHANGES = tuple(step for step in STEPS if not step.endswith(".read") and not step.startswith("socket"))
READS = tuple(step for step in STEPS if step.endswith(".read"))

KILL_BEFORE, KILL_AFTER, KILL_WITHIN, _FAIL, _LIE = 1, 2, 3, 4, 5
POWER_STAYS, POWER_CUT, POWER_TORN = 0, 1, 2
FOREVER = (1 << 64) - 1

_HEADER = struct.Struct("=8sIIqQQ24x")
_ROW = struct.Struct("=24sQQQII8x")
_CALLS, _AT, _UNTIL, _ACTION = 24, 32, 40, 48
_POWER, _CLOCK, _SEED, _LOST = 12, 16, 24, 32


class Faults:
    """A control file. `environment` is for the server; a server started with it obeys."""

    def __init__(self, path):
        assert LIBRARY.exists(), f"{LIBRARY} does not exist; tools/build release farshore_faults makes it"
        self.path = pathlib.Path(path)
        rows = b"".join(_ROW.pack(step.encode(), 0, 0, 0, 0, 0) for step in STEPS)
        self.path.write_bytes(_HEADER.pack(b"FSFAULT1", len(STEPS), 0, 0, 0, 0) + rows)
        with self.path.open("r+b") as file:
            self._bytes = mmap.mmap(file.fileno(), 0)
        self.environment = {"LD_PRELOAD": str(LIBRARY), "FARSHORE_FAULTS": str(self.path)}

    def calls(self, step):
        return self._get("=Q", self._row(step) + _CALLS)

    @property
    def reached(self):
        """The steps that were ever done."""
        return {step for step in STEPS if self.calls(step)}

    def kill(self, step, nth=1, action=KILL_AFTER, part=128):
        """The server dies at the nth call of the step from now. part: KILL_WITHIN dies when part/256 of a write are done."""
        self._arm(step, action, nth, FOREVER, part)

    def fail(self, steps, number=errno.EIO, nth=1, calls=None):
        """Calls of these steps fail from the nth on, or so many of them."""
        for step in (steps,) if isinstance(steps, str) else steps:
            self._arm(step, _FAIL, nth, FOREVER if calls is None else nth + calls, number)

    def lie(self, step):
        """From now on a sync says that it was done, and was not."""
        self._arm(step, _LIE, 1, FOREVER, 0)

    def fired(self, step):
        """Whether the call that was waited for has come. A server takes a moment to die of it if power goes with it."""
        at = self._get("=Q", self._row(step) + _AT)
        return at != 0 and self.calls(step) >= at

    def heal(self):
        """Nothing fails and nobody dies any more."""
        for step in STEPS:
            self._set("=Q", self._row(step) + _AT, 0)

    def power(self, mode, seed=0):
        """What a death takes with it; a server notices when it starts."""
        self._set("=I", _POWER, mode)
        self._set("=Q", _SEED, seed)

    @property
    def lost_writes(self):
        """How many writes and directory entries have gone with the power so far."""
        return self._get("=Q", _LOST)

    def set_clock(self, seconds):
        """How far the server's wall clock is off."""
        self._set("=q", _CLOCK, round(seconds * 1_000_000))

    def _arm(self, step, action, nth, until, number):
        row = self._row(step)
        self._set("=Q", row + _AT, 0)
        now = self.calls(step)
        self._set("=QII", row + _UNTIL, FOREVER if until == FOREVER else now + until, action, number)
        self._set("=Q", row + _AT, now + nth)

    @staticmethod
    def _row(step):
        return _HEADER.size + _ROW.size * STEPS.index(step)

    def _get(self, form, at):
        return struct.unpack_from(form, self._bytes, at)[0]

    def _set(self, form, at, *values):
        struct.pack_into(form, self._bytes, at, *values)


def wait_for_death(process, seconds):
    """Whether it dies by SIGKILL within that time. A server that ends in another way fails the story."""

    def ended():
        return process.poll() is not None

    try:
        eventually("the server to die", ended, seconds, every=0.002)
    except AssertionError:
        return False
    assert process.returncode == -9, f"the server ended with status {process.returncode}"
    return True
