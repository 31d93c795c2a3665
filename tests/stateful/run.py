#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends random sequences of right and wrong API calls to a server built with AddressSanitizer and checks what must always hold.

  build/venv/bin/python tests/stateful/run.py --seconds 600 --seed 1      one seed after the other until the time is up
  build/venv/bin/python tests/stateful/run.py --seed 17 --calls 2000      one seed; what a failure tells to run again"""
import argparse
import collections
import pathlib
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
for folder in (ROOT / "tools/clients", HERE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import bursts  # noqa: E402
import identity_calls  # noqa: E402
import oss_calls  # noqa: E402
import refusals  # noqa: E402
import replication_calls  # noqa: E402
import session_calls  # noqa: E402
from session import DESCRIPTORS_GROWTH_MAX, RSS_GROWTH_MAX, SOURCE_REGION, DESTINATION_REGION, Session, Violation, demand  # noqa: E402
from farshore_clients.wait import eventually  # noqa: E402

CALLS = oss_calls.CALLS + refusals.CALLS + identity_calls.CALLS + replication_calls.CALLS + session_calls.CALLS + bursts.CALLS
COMPARED_EVERY = 25


def run_seed(binary, directory, seed, steps):
    """Makes `steps` random calls; gives the Session for its figures. Raises an AssertionError that names the seed."""
    session = Session(binary, pathlib.Path(directory) / "data", seed)
    try:
        replication_calls.prepare(session)
        session_calls.prepare(session)
        calls, weights = zip(*CALLS)
        warm, process = None, None
        for step in range(steps):
            session.random.choices(calls, weights)[0](session)
            if step % COMPARED_EVERY == 0 and session.model.buckets:
                session.compare(session.model.buckets[session.random.choice(sorted(session.model.buckets))])
            if step >= steps // 2 and process is not session.server.process:
                process = session.server.process  # growth is one process's: from the middle of the run, or from a restart behind it
                session.close_connections()
                warm = (session.rss(), session.descriptors())
        for _, bucket in sorted(session.model.buckets.items()):
            session.compare(bucket)
        session.compare_identity()
        replication_calls.settle(session)
        check_growth(session, *warm)
        session.stop()
    except BaseException as failure:
        if isinstance(failure, (OSError, EOFError)):
            failure = Violation(f"no reply ({failure!r}); the server's status is {session.server.process.poll()}; the call before: {session.last}")
        print(f"seed {seed}: {failure}\nthe last calls:\n" + "\n".join(session.trace[-12:]) + f"\nthe server's log ends:\n{session.server.log_tail(40)}"
              + f"\nto repeat it: build/venv/bin/python tests/stateful/run.py --seed {seed} --calls {steps} --binary {binary}", flush=True)
        raise failure
    finally:
        session.server.kill()
    return session


def check_growth(session, rss, descriptors):
    session.close_connections()
    eventually("the connections to be closed", lambda: session.descriptors() <= descriptors + DESCRIPTORS_GROWTH_MAX, 30)
    session.grown = session.rss() - rss
    demand(session.grown < RSS_GROWTH_MAX, f"the server grew by {session.grown >> 20} MiB")
    for region in (SOURCE_REGION, DESTINATION_REGION):
        open_ones = session.metric(region, "farshore_http_connections")
        demand(open_ones <= 8, f"{open_ones:.0f} connections are open in {region}")
    session.close_connections()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=0, help="go on with the next seeds for so long")
    parser.add_argument("--calls", type=int, default=1500, help="random steps of one seed; a step is one call and those that check it")
    parser.add_argument("--binary", default=ROOT / "build/dev/farshore")
    parser.add_argument("--outcomes", action="store_true", help="tell how often each call had which outcome")
    options = parser.parse_args()
    begin = time.monotonic()
    seeds = calls = restarts = failed = 0
    outcomes = collections.Counter()
    grown = 0
    seed = options.seed
    while True:
        directory = tempfile.mkdtemp(prefix="farshore-stateful-")
        try:
            session = run_seed(options.binary, directory, seed, options.calls)
            calls += session.calls
            restarts += session.restarts
            outcomes.update(session.outcomes)
            grown = max(grown, session.grown)
        except AssertionError:
            failed += 1
        finally:
            shutil.rmtree(directory, ignore_errors=True)
        seeds += 1
        seed += 1
        if time.monotonic() - begin >= options.seconds:
            break
    if options.outcomes:
        for (name, outcome), count in sorted(outcomes.items()):
            print(f"{count:>7} {name} {outcome}")
    print(f"{seeds} seeds from {options.seed}, {calls:,} calls, {restarts} restarts, {len(outcomes)} different outcomes, {time.monotonic() - begin:.0f} s, "
          f"grown by at most {grown >> 20} MiB, {failed} violations")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
