# SPDX-License-Identifier: Apache-2.0
"""What operations cost as a realm fills: PUT, GET, list and replicate at 10^3 to 10^7 objects, restart after kill -9, memory, disk; then overwriting.

One `farshore dev` with two regions. A bucket without a rule (for PUT, GET, list) and the source of a rule (for replicate) both hold that many
objects of 64 bytes. GET and list choose among all of them. CPU per operation is the figure to compare: it survives noise on the machine.
"""
import argparse
import pathlib
import shutil
import tempfile
import time

from farshore_clients.server import DevServer
from farshore_clients.wait import eventually

import harness
from harness import bench, cpu_micros, say

PLAIN, SOURCE, REPLICA = "growth-plain", "growth-source", "growth-replica"
PREFIX = "fill/"


class Realm:
    def __init__(self, directory):
        self.directory = directory
        self.server = DevServer(harness.BINARY, directory / "data", ["--log", "warn"])
        self.server.start()

    @property
    def pid(self):
        return self.server.process.pid

    def bench(self, kind, bucket, *arguments):
        return bench(kind, "--data", self.server.data, "--bucket", bucket, *arguments, pids=[self.pid])

    def restart_seconds(self):
        self.server.kill()
        begin = time.monotonic()
        self.server.start()
        return round(time.monotonic() - begin, 2)


def per_operation(report):
    return {"per_second": round(report["operations_per_second"]), "cpu_micros": cpu_micros(report),
            "p50_ms": report["latency_ms"]["p50"], "p99_ms": report["latency_ms"]["p99"]}


def measure(realm, size, have):
    """Fills both buckets from `have` to `size` objects; returns the row of this size."""
    say(f"== {size:,} objects")
    pair = ["--destination-bucket", REPLICA]
    connections = ["--connections", 64]
    fill = ["--prefix", PREFIX, "--first", have, "--count", size - have, "--size", 64]
    realm.bench("put", PLAIN, "--setup", *fill, *connections)
    realm.bench("replicate", SOURCE, "--setup", *pair, *fill, *connections, "--timeout", 7200)
    row = {"objects": size}
    row["rss_after_fill_mib"] = harness.status_mib(realm.pid, "VmRSS")
    row["put"] = per_operation(realm.bench("put", PLAIN, "--count", 20000, "--size", 64, *connections))
    row["get"] = per_operation(realm.bench("get", PLAIN, "--prefix", PREFIX, "--among", size, "--count", 30000, *connections))
    row["list"] = per_operation(realm.bench("list", PLAIN, "--prefix", PREFIX, "--among", size, "--count", 200, "--connections", 4))
    replicate = realm.bench("replicate", SOURCE, *pair, "--count", 20000, "--size", 64, *connections)
    row["replicate"] = per_operation(replicate) | {"drain_seconds": replicate["drain_seconds"]}
    row["rss_mib"], row["rss_highest_mib"] = harness.status_mib(realm.pid, "VmRSS"), harness.status_mib(realm.pid, "VmHWM")
    row["disk_mib"] = harness.disk_mib(realm.directory)
    row["restart_seconds"] = realm.restart_seconds()
    row["first_get_after_restart"] = per_operation(realm.bench("get", PLAIN, "--prefix", PREFIX, "--among", size, "--count", 2000, *connections))
    say(f"   PUT {row['put']['cpu_micros']} us, GET {row['get']['cpu_micros']} us, list {row['list']['cpu_micros']} us, replicate {row['replicate']['cpu_micros']} us"
        f" (CPU each); restart {row['restart_seconds']} s; RSS {row['rss_mib']} MiB; disk {row['disk_mib']} MiB")
    return row


def overwrite(realm, keys, rounds):
    """The same keys written again and again: of all that was ever written, 90 % is dead after ten rounds and compaction has to give it back."""
    say(f"== {keys:,} keys of 4 KiB overwritten {rounds} times")
    rows = []
    for number in range(rounds):
        report = realm.bench("put", "growth-overwrite", "--setup", "--prefix", "again/", "--count", keys, "--size", 4096, "--connections", 64)
        rows.append({"round": number + 1} | per_operation(report) | {"disk_mib": harness.disk_mib(realm.directory), "rss_mib": harness.status_mib(realm.pid, "VmRSS")})
        say(f"   round {number + 1}: {rows[-1]['per_second']}/s, {rows[-1]['cpu_micros']} us, p99 {rows[-1]['p99_ms']:.1f} ms, disk {rows[-1]['disk_mib']} MiB")
    return rows


def draw(folder, rows, rounds):
    sizes = [row["objects"] for row in rows]
    cost = lambda name: (name, sizes, [row[name]["cpu_micros"] for row in rows])  # noqa: E731
    panels = [("PUT, GET, replicate", "server CPU, us each", [cost("put"), cost("get"), cost("replicate")]),
              ("list 1,000 keys", "server CPU, us each", [cost("list")]),
              ("restart after kill -9", "s until it serves", [("restart", sizes, [row["restart_seconds"] for row in rows])]),
              ("memory", "MiB RSS", [("after the load", sizes, [row["rss_mib"] for row in rows]), ("highest", sizes, [row["rss_highest_mib"] for row in rows])])]
    harness.plots(folder, "growth.svg", "What an operation costs as the realm fills", panels, "objects in each bucket")
    if rounds:
        numbers = [row["round"] for row in rounds]
        panels = [("PUT over existing keys", "per second", [("PUT", numbers, [row["per_second"] for row in rounds])]),
                  ("latency", "ms", [("p50", numbers, [row["p50_ms"] for row in rounds]), ("p99", numbers, [row["p99_ms"] for row in rounds])]),
                  ("disk", "MiB", [("all files", numbers, [row["disk_mib"] for row in rounds])])]
        harness.plots(folder, "overwrite.svg", "Overwriting the same keys", panels, "round")


def main():
    parser = argparse.ArgumentParser(prog="bench/run growth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--max", type=int, default=1_000_000, help="the largest number of objects (default 1,000,000; 10,000,000 takes about an hour and 40 GB)")
    parser.add_argument("--overwrite-keys", type=int, default=100_000, help="keys of the overwriting part; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=12, help="how often they are written")
    parser.add_argument("--out", type=pathlib.Path, default=harness.ROOT / "bench/results/latest")
    parser.add_argument("--keep", type=pathlib.Path, help="a directory for the realm, kept afterwards (default: a temporary one)")
    options = parser.parse_args()
    directory = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="farshore-growth-", dir="/var/tmp"))
    document = {"machine": harness.machine(), "sizes": [], "overwrite": []}
    realm = Realm(directory)
    try:
        have, size = 0, 1000
        while size <= options.max:
            document["sizes"].append(measure(realm, size, have))
            harness.write(options.out, "growth.json", document)
            have, size = size, size * 10
        if options.overwrite_keys:
            document["overwrite"] = overwrite(realm, options.overwrite_keys, options.rounds)
            harness.write(options.out, "growth.json", document)
        draw(options.out, document["sizes"], document["overwrite"])
        say(f"written: {options.out}/growth.json and its plots")
    finally:
        realm.server.kill()
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
