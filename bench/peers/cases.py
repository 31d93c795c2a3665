# SPDX-License-Identifier: Apache-2.0
"""What is measured of every system, by one hand: `farshore bench` puts, and asks the destination in its own dialect."""
import time

import harness

MIB = 1 << 20
ASK_EVERY_MILLIS = 50     # asking costs a peer far more than Farshore; seldom enough not to be what is measured
LAG_ASK_EVERY_MILLIS = 5
COUNT_EVERY_SECONDS = 0.2
PATIENCE_SECONDS = 3600


def _row(system, name, title, calm, bench, **figures):
    return {"system": system.name, "case": name, "title": title, "noise": calm.others() if calm else None, "bench": bench, **figures}


def _bench(system, kind, *words):
    return harness.bench(kind, *system.ends(), *words, pids=system.pids, environment=system.environment)


def small_objects(system, names, count):
    """Put and replicated at once: from the first PUT to the last replica."""
    calm = harness.Calm(system.pids)
    report = _bench(system, "replicate", *names, "--count", count, "--size", 4096, "--connections", 64, "--ask-every", ASK_EVERY_MILLIS, "--timeout", PATIENCE_SECONDS)
    return _row(system, "small", f"{count:,} objects of 4 KiB, put and replicated", calm, report,
                value=report["operations_per_second"], unit="/s", more_is_better=True, cpu_micros=harness.cpu_micros(report))


def large_objects(system, names):
    calm = harness.Calm(system.pids)
    report = _bench(system, "replicate", *names, "--count", 16, "--size", 64 * MIB, "--connections", 4, "--ask-every", ASK_EVERY_MILLIS, "--timeout", PATIENCE_SECONDS)
    return _row(system, "large", "16 x 64 MiB, put and replicated", calm, report,
                value=report["bytes_per_second"] / 1e6, unit=" MB/s", more_is_better=True, cpu_micros=harness.cpu_micros(report))


def idle_lag(system, names, count):
    """From a PUT's 200 to a HEAD's at the destination."""
    calm = harness.Calm(system.pids)
    report = _bench(system, "lag", *names, "--count", count, "--size", 4096, "--ask-every", LAG_ASK_EVERY_MILLIS)
    lag = report["lag_ms"]
    return _row(system, "lag", "lag of one PUT, idle, p50 (p99)", calm, report, value=lag["p50"], p99=lag["p99"], unit=" ms", more_is_better=False)


def crash(system, bucket, count, patience):
    """The destination is ended, `count` objects are put, the source is ended with kill -9, both are started at once: the clock runs from there. Only the destination is asked."""
    names = system.prepare(bucket)
    warm = _bench(system, "replicate", *names, "--count", 200, "--size", 4096, "--ask-every", ASK_EVERY_MILLIS)
    system.kill_destination()
    prefix = "waiting/"
    harness.bench("put", *system.ends(pair=False), *names[:2], "--prefix", prefix, "--count", count, "--size", 4096, "--connections", 16, environment=system.environment)
    system.kill_source()
    begin = time.monotonic()
    system.launch()
    title = f"kill -9 of both with {count:,} objects waiting: last (first) at the destination"
    counted, first = system.counter(bucket, prefix), None
    while True:
        seen, now = counted(), time.monotonic() - begin
        if seen and first is None:
            first = now
        if seen == count:
            return _row(system, "crash", title, None, warm, value=now, first=first, unit=" s", more_is_better=False)
        if now > patience:
            return _row(system, "crash", title, None, warm, value=None, never=f"{seen or 0:,} of {count:,} there after {patience} s{system.says()}", unit=" s", more_is_better=False)
        time.sleep(COUNT_EVERY_SECONDS)
