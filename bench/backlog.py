# SPDX-License-Identifier: Apache-2.0
"""After a crash with a backlog: how soon is the first and the last waiting change at the destination?

Two `farshore serve` processes over TLS. The destination is ended, N objects are written at the source and acknowledged, the source is ended with
kill -9, then both are started at the same moment, which is when the clock starts. Only the destination is asked: looking at the source must not help.
What is written is kept after each size; a run that was ended goes on with --from."""
import argparse
import json
import os
import pathlib
import re
import time

import oss2

from farshore_clients import buckets

import harness
from harness import Failed, clock_text, machine_text, say
from plots import Panel, draw
from realms import DESTINATION, Served

PREFIX = "waiting/"
TAIL = 20_000             # more than a rule has under way at once: what is missing when the last key is there, is among these
PATIENCE_SECONDS = 7200
FIRST_WITHIN_SECONDS = 2  # the goal, at any size
MEMORY_MIB = 256
BYTES_PER_CHANGE = 2200   # of disk, both regions together, beside the content
PUT_PER_SECOND, CARRIED_PER_SECOND, LISTED_PER_SECOND = 12000, 9000, 200_000
_KEY = re.compile(rb"<Key>" + PREFIX.encode() + rb"(\d{10})</Key>")


def key_of(number):
    return f"{PREFIX}{number:010}"


class Replicas:
    """What the destination shows, and when; seconds since the clock began."""

    def __init__(self, served, begin):
        self.bucket = buckets.bucket(served.realm.realm, DESTINATION, served.accounts[1], "backlog-replica")
        self.bucket.timeout = 5
        self.begin, self.answered = begin, None

    def now(self):
        return time.monotonic() - self.begin

    def seen(self, number):
        """When that change was there, asked every few milliseconds. Refused connections mean: not up yet."""
        said = time.monotonic()
        while self.now() < PATIENCE_SECONDS:
            try:
                self.bucket.head_object(key_of(number))
                return self.now()
            except oss2.exceptions.RequestError:
                pass
            except oss2.exceptions.ServerError:
                self.answered = self.answered or self.now()
            if time.monotonic() - said > 60:
                said = time.monotonic()
                say(f"      {clock_text(self.now())}: waiting for {key_of(number)}")
            time.sleep(0.003)
        raise Failed(f"{key_of(number)} was not at the destination after {PATIENCE_SECONDS} s")

    def walk(self, first, end):
        """Lists the changes from `first` to before `end` and waits for each that is missing; returns when the last missing one was there, 0 if none was."""
        late = 0.0
        while first < end:
            query = {"list-type": "2", "max-keys": "1000", "prefix": PREFIX}
            if first > 0:
                query["start-after"] = key_of(first - 1)
            try:
                page = buckets.call(self.bucket, "GET", query).read()
            except oss2.exceptions.OssError as error:
                raise Failed(f"the destination could not be listed: {error.status} {error.code}") from None
            before = first
            for found in _KEY.finditer(page):
                if int(found.group(1)) != first:
                    break
                first += 1
            if first == before:
                late = self.seen(first)
        return late


def rate(changes, first, last):
    """From the first change on: what starting takes is told apart."""
    return round(changes / max(last - first, 0.001))


def measure(directory, changes, size):
    say(f"== {changes:,} changes")
    served = Served(directory)
    os.environ["REQUESTS_CA_BUNDLE"] = str(served.realm.ca)  # what published clients read
    try:
        pair = ("--bucket", "backlog", "--destination-bucket", "backlog-replica")
        served.bench("replicate", *pair, "--setup", "--count", 1000, "--size", size)
        served.destination.kill()
        put = served.bench("put", "--bucket", "backlog", "--prefix", PREFIX, "--count", changes, "--size", size, "--connections", 64)
        served.source.kill()
        say(f"   written at {put['operations_per_second']:,.0f}/s; both are down, and start now")
        begin = time.monotonic()
        for region in served.realm.regions.values():
            region.launch()
        calm = harness.Calm(served.pids)
        replicas = Replicas(served, begin)
        first = replicas.seen(0)
        last = replicas.seen(changes - 1)
        last = max(last, replicas.walk(max(0, changes - TAIL), changes))
        row = {"changes": changes, "size_bytes": size, "answered_seconds": round(replicas.answered or first, 3), "first_seconds": round(first, 3), "last_seconds": round(last, 3),
               "per_second": rate(changes, first, last), "cpu_micros": round(sum(map(harness.cpu_seconds, served.pids)) / changes * 1e6, 1),
               "rss_source_mib": harness.status_mib(served.source.process.pid, "VmHWM"), "rss_destination_mib": harness.status_mib(served.destination.process.pid, "VmHWM"),
               "disk_mib": harness.disk_mib(directory), "noise": calm.others()}
        late = replicas.walk(0, max(0, changes - TAIL))
        if late:  # Not one of the last, and yet not there with them.
            row["last_seconds"], row["per_second"] = round(late, 3), rate(changes, first, late)
        say(f"   first after {row['first_seconds']} s, last after {row['last_seconds']} s ({row['per_second']:,}/s, {row['cpu_micros']} us CPU of both); all {changes:,} there; "
            f"RSS at most {row['rss_source_mib']:.0f} and {row['rss_destination_mib']:.0f} MiB; disk {row['disk_mib']:,.0f} MiB")
        return row
    finally:
        served.close()


def table(document):
    """Markdown."""
    out = [machine_text(document["machine"]) + ".", "", f"Goals: the first change within {FIRST_WITHIN_SECONDS} s of the restart at any size, {MEMORY_MIB} MiB of memory for each process.", "",
           "| changes waiting | destination answers | first change there | last | changes/s from the first on | CPU of both, us each | RSS, highest: source, destination | goals | others |",
           "|---|---|---|---|---|---|---|---|---|"]
    for row in document["rows"]:
        met = row["first_seconds"] <= FIRST_WITHIN_SECONDS and max(row["rss_source_mib"], row["rss_destination_mib"]) <= MEMORY_MIB
        out.append(f"| {row['changes']:,} | {row['answered_seconds']:.2f} s | {row['first_seconds']:.2f} s | {row['last_seconds']:.1f} s | {row['per_second']:,} | {row['cpu_micros']:.0f} | "
                   f"{row['rss_source_mib']:.0f}, {row['rss_destination_mib']:.0f} MiB | {'met' if met else 'MISSED'} | {row['noise']['cores_busy_with_others']:.2f} |")
    return "\n".join(out) + "\n"


def report(folder, document):
    rows = document["rows"]
    if not rows:
        return
    sizes = [row["changes"] for row in rows]
    line = lambda words, name: (words, sizes, [row[name] for row in rows])  # noqa: E731
    panels = [Panel("first change at the destination", "s after the restart", [line("first change", "first_seconds"), line("destination answers", "answered_seconds")],
                    goal=(f"goal, {FIRST_WITHIN_SECONDS} s", FIRST_WITHIN_SECONDS)),
              Panel("all of them", "s after the restart", [line("last change", "last_seconds")]),
              Panel("rate, from the first to the last", "changes per second", [line("rate", "per_second")], band=100_000),
              Panel("CPU, start included", "us each, both processes", [line("both", "cpu_micros")]),
              Panel("memory, highest", "MiB RSS", [line("source", "rss_source_mib"), line("destination", "rss_destination_mib")], goal=(f"{MEMORY_MIB} MiB", MEMORY_MIB))]
    draw(folder, "backlog.svg", "After kill -9 with a backlog", machine_text(document["machine"]), panels, "changes waiting")
    (folder / "backlog.md").write_text(table(document))
    say(f"\n{table(document)}\nwritten: {folder}/backlog.json, backlog.md and backlog.svg")


def earlier_rows(folder, sizes):
    """Of sizes that are not measured now."""
    path = folder / "backlog.json"
    rows = json.loads(path.read_text())["rows"] if path.exists() else []
    return [row for row in rows if row["changes"] not in sizes]


def main():
    parser = argparse.ArgumentParser(prog="bench/run backlog", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--max", type=int, default=1_000_000, help="the largest backlog (default 1,000,000)")
    parser.add_argument("--from", type=int, default=1000, dest="least", help="the smallest; what the folder holds of others is kept then")
    parser.add_argument("--size", type=int, default=64, help="bytes of each object")
    parser.add_argument("--out", type=pathlib.Path, default=harness.ROOT / "bench/results/latest")
    options = parser.parse_args()
    sizes = [10 ** power for power in range(3, 12) if options.least <= 10 ** power <= options.max]
    if not sizes:
        raise Failed("there is no power of ten between --from and --max")
    harness.need_space(harness.data_parent(), 2 + sizes[-1] * (BYTES_PER_CHANGE + 2 * options.size) / harness.GIB)
    each = 1 / PUT_PER_SECOND + 1 / CARRIED_PER_SECOND + 1 / LISTED_PER_SECOND
    say(f"time: about {clock_text(sum(sizes) * each + 15 * len(sizes))}, into {options.out}")
    document = {"machine": harness.machine(), "rows": earlier_rows(options.out, sizes) if options.least > 1000 else []}
    try:
        for changes in sizes:
            with harness.scratch("backlog") as directory:
                document["rows"].append(measure(directory, changes, options.size))
            document["rows"].sort(key=lambda row: row["changes"])
            harness.write(options.out, "backlog.json", document)
    finally:
        report(options.out, document)
    missed = [row["changes"] for row in document["rows"] if row["first_seconds"] > FIRST_WITHIN_SECONDS]
    return 1 if missed else 0


if __name__ == "__main__":
    harness.run(main)
