# SPDX-License-Identifier: Apache-2.0
"""After a crash with a backlog: how soon is the first and the last waiting change at the destination?

Two `farshore serve` processes over TLS. The destination is ended, N objects are written at the source and acknowledged, the source is ended with
kill -9, then both are started at the same moment, which is when the clock starts. Only the destination is asked: looking at the source must not help.
"""
import argparse
import os
import pathlib
import shutil
import tempfile
import time

import oss2

from farshore_clients import buckets
from farshore_clients.served import ServedRealm

import harness
from harness import bench, say

SOURCE, DESTINATION = "cn-hangzhou", "cn-shanghai"
PREFIX = "waiting/"


def options_of(served, bucket, destination):
    """`farshore bench` from the first region to the second one."""
    source_account, destination_account = served.accounts
    os.environ["FARSHORE_BENCH_SECRET"] = source_account.access_key_secret
    os.environ["FARSHORE_BENCH_DESTINATION_SECRET"] = destination_account.access_key_secret
    one, two = served.regions[SOURCE], served.regions[DESTINATION]
    return ["--endpoint", one.endpoint, "--region", SOURCE, "--access-key", source_account.access_key_id, "--bucket", bucket, "--ca-file", served.ca], \
           ["--destination", two.endpoint, "--destination-region", DESTINATION, "--destination-access-key", destination_account.access_key_id,
            "--destination-bucket", destination]


def seen(bucket, key, begin, seconds=7200):
    """Seconds from `begin` until the key is at the destination, asked every few milliseconds. Refused connections mean: not up yet."""
    while time.monotonic() - begin < seconds:
        try:
            bucket.head_object(key)
            return time.monotonic() - begin
        except (oss2.exceptions.NotFound, oss2.exceptions.RequestError, oss2.exceptions.ServerError):
            time.sleep(0.003)
    raise SystemExit(f"{key} was not at the destination after {seconds} s")


def count(bucket):
    total, marker = 0, ""
    while True:
        page = bucket.list_objects_v2(prefix=PREFIX, max_keys=1000, start_after=marker)
        total += len(page.object_list)
        if not page.is_truncated:
            return total
        marker = page.object_list[-1].key


def measure(changes):
    directory = pathlib.Path(tempfile.mkdtemp(prefix="farshore-backlog-", dir="/var/tmp"))
    served = ServedRealm(harness.BINARY, directory / "realm", [SOURCE, DESTINATION])
    os.environ["REQUESTS_CA_BUNDLE"] = str(served.ca)
    try:
        served.start()
        for name in ("source", "destination"):
            served.create_account(name)
        source, destination = options_of(served, "backlog", "backlog-replica")
        bench("replicate", *source, *destination, "--setup", "--count", 100, "--size", 1024)
        served.regions[DESTINATION].kill()
        bench("put", *source, "--prefix", PREFIX, "--count", changes, "--size", 1024, "--connections", 64)
        served.regions[SOURCE].kill()
        begin = time.monotonic()
        for region in served.regions.values():
            region.launch()
        replica = buckets.bucket(served.realm, DESTINATION, served.accounts[1], "backlog-replica")
        replica.timeout = 5
        first = seen(replica, f"{PREFIX}{0:010}", begin)
        last = seen(replica, f"{PREFIX}{changes - 1:010}", begin)
        arrived = count(replica)
        while arrived < changes:  # Lanes finish out of order: the youngest key need not be the last.
            time.sleep(0.05)
            arrived = count(replica)
            last = time.monotonic() - begin
        row = {"changes": changes, "first_seconds": round(first, 3), "last_seconds": round(last, 3), "per_second": round(changes / last),
               "arrived": arrived, "rss_source_mib": harness.status_mib(served.regions[SOURCE].process.pid, "VmHWM"),
               "rss_destination_mib": harness.status_mib(served.regions[DESTINATION].process.pid, "VmHWM")}
        say(f"   {changes:,} changes: first after {row['first_seconds']} s, last after {row['last_seconds']} s ({row['per_second']}/s); all {arrived:,} there")
        return row
    finally:
        served.kill()
        shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(prog="bench/run backlog", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--max", type=int, default=1_000_000, help="the largest backlog (default 1,000,000)")
    parser.add_argument("--out", type=pathlib.Path, default=harness.ROOT / "bench/results/latest")
    options = parser.parse_args()
    document = {"machine": harness.machine(), "rows": []}
    changes = 1000
    while changes <= options.max:
        document["rows"].append(measure(changes))
        harness.write(options.out, "backlog.json", document)
        changes *= 10
    sizes = [row["changes"] for row in document["rows"]]
    column = lambda name: [row[name] for row in document["rows"]]  # noqa: E731
    harness.plots(options.out, "backlog.svg", "After kill -9 with a backlog",
                  [("first change at the destination", "s", [("first", sizes, column("first_seconds"))]),
                   ("all of them", "s", [("last", sizes, column("last_seconds"))]),
                   ("rate", "changes per second", [("rate", sizes, column("per_second"))]),
                   ("memory, highest", "MiB RSS", [("source", sizes, column("rss_source_mib")), ("destination", sizes, column("rss_destination_mib"))])], "changes waiting")
    say(f"written: {options.out}/backlog.json and its plot")


if __name__ == "__main__":
    main()
