# SPDX-License-Identifier: Apache-2.0
"""Waiting for a condition with a deadline; the only place of this package that sleeps.

FARSHORE_PATIENCE multiplies every deadline, for servers that are slowed down by what watches them (tools/tsan)."""
import os
import time

PATIENCE = float(os.environ.get("FARSHORE_PATIENCE", "1"))


class TimedOut(AssertionError):
    """The condition did not become true in time; the text says what was waited for and what was seen last."""


def eventually(what, check, seconds=60.0, every=0.05):
    """Calls `check()` until it returns something true, and returns that.

    what     a phrase for the failure: "the replica of a.txt"
    check    no arguments; an AssertionError or a false value means "not yet", any other exception passes through
    seconds  how long at most; polling slows from `every` to ten times that
    """
    seconds *= PATIENCE
    end = time.monotonic() + seconds
    pause = every
    while True:
        try:
            seen = check()
            if seen:
                return seen
        except AssertionError as not_yet:
            seen = not_yet
        if time.monotonic() >= end:
            raise TimedOut(f"waited {seconds:.0f} s for {what}; last seen: {seen!s:.2000}")
        time.sleep(min(pause, max(0.0, end - time.monotonic())))
        pause = min(pause * 1.3, every * 10)
