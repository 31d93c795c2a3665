# SPDX-License-Identifier: Apache-2.0
"""How calm the machine was: what everything else took of its cores while something was measured."""
import os
import pathlib
import time

_TICK = os.sysconf("SC_CLK_TCK")


def _busy_seconds():
    user, nice, system, idle, wait, irq, soft, steal = map(int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + soft) / _TICK, steal / _TICK


class Noise:
    """From its making to others()."""

    def __init__(self):
        self._begin, (self._busy, self._steal) = time.monotonic(), _busy_seconds()

    def others(self, own_cpu_seconds):
        """Cores that were busy with something else than what the caller accounts for, and cores taken by the host."""
        seconds = max(time.monotonic() - self._begin, 1e-9)
        busy, steal = _busy_seconds()
        return {"cores_busy_with_others": round(max(0.0, busy - self._busy - own_cpu_seconds) / seconds, 2), "cores_stolen": round((steal - self._steal) / seconds, 2)}
