# SPDX-License-Identifier: Apache-2.0
"""What operations cost as a realm fills: PUT, GET, list and replicate at 10^3 to 10^7 objects, restart after kill -9, memory, disk; then overwriting.

Two `farshore serve` processes; clients speak plain HTTP to them. The source of a rule is filled with objects of 64 bytes, so that its replica bucket holds as many. GET, list and
replicate are measured at the source, PUT at the replica bucket, as a bucket that no rule starts from. CPU per operation is the figure to compare:
it suffers least from whatever else runs. With --keep DIR a run that was ended goes on where it stopped."""
import argparse
import contextlib
import json
import pathlib
import time

import harness
from growth_report import draw, table
from harness import Failed, clock_text, cpu_micros, say
from realms import Served

SOURCE, REPLICA, OVERWRITE = "growth-source", "growth-replica", "growth-overwrite"
PREFIX = "fill/"
CHUNK = 1_000_000          # filled at a time; a run that is ended loses at most so much
BYTES_PER_OBJECT = 2200    # of disk, both regions together, with what compaction has not given back yet
FILL_PER_SECOND = 9000     # before this machine has shown its own
STEPS_SECONDS = 60         # of measuring at one size
CONNECTIONS = ("--connections", 64)
BUCKET = ("--bucket", SOURCE)
PAIR = (*BUCKET, "--destination-bucket", REPLICA)


class Growth:
    """`state`: what is filled and measured, kept in the realm's directory and, without what only a restart needs, in the results."""

    def __init__(self, directory, out):
        self.directory, self.out = directory, out
        self.kept = directory / "growth.json"
        fresh = {"machine": harness.machine(), "filled": 0, "fill_seconds": 0.0, "sizes": [], "overwrite": []}
        self.state = json.loads(self.kept.read_text()) if self.kept.exists() else fresh
        self.realm = Served(directory, plain=True)

    def save(self):
        harness.write(self.directory, "growth.json", self.state)
        harness.write(self.out, "growth.json", self.state)

    @property
    def rate(self):
        """Objects filled in a second, over what was filled so far."""
        return self.state["filled"] / self.state["fill_seconds"] if self.state["filled"] >= 10_000 else FILL_PER_SECOND

    def forget_peaks(self):
        for pid in self.realm.pids:
            harness.forget_peak(pid)

    def peaks(self):
        """Highest memory of source and destination since forget_peaks(), MiB."""
        return [harness.status_mib(pid, "VmHWM") for pid in self.realm.pids]

    def warm_up(self):
        """So that the first size does not pay for what a process pays once."""
        self.realm.bench("replicate", "--setup", *PAIR, "--count", 5000, "--size", 64, *CONNECTIONS)

    def fill(self, size):
        while self.state["filled"] < size:
            first = self.state["filled"]
            count = min(CHUNK, size - first)
            begin = time.monotonic()
            self.realm.bench("replicate", *PAIR, "--prefix", PREFIX, "--first", first, "--count", count, "--size", 64, *CONNECTIONS, "--timeout", 7200)
            self.state["filled"] = first + count
            self.state["fill_seconds"] += time.monotonic() - begin
            self.save()
            if size > CHUNK:
                say(f"   filled {self.state['filled']:,} of {size:,}, about {clock_text((size - self.state['filled']) / self.rate)} to go")

    def step(self, run, *arguments, rounds=3):
        """`farshore bench` as the figures of a row: of several rounds the one in the middle by CPU; the highest memory is that of this step alone."""
        harness.settle(self.realm.pids)
        self.forget_peaks()
        report = sorted((run(*arguments) for _ in range(rounds)), key=cpu_micros)[rounds // 2]
        latency = report["latency_ms"]
        return {"per_second": round(report["operations_per_second"]), "cpu_micros": cpu_micros(report), "p50_ms": latency["p50"], "p99_ms": latency["p99"],
                "p99_9_ms": latency["p99_9"], "rss_highest_mib": self.peaks()}

    def measure(self, size):
        realm = self.realm
        say(f"== {size:,} objects")
        self.forget_peaks()
        calm = harness.Calm(realm.pids)
        self.fill(size)
        row = {"objects": size, "fill_rss_highest_mib": self.peaks(), "settle_seconds": harness.settle(realm.pids)}
        few = 5000 if size < 10_000 else 20_000
        read = (*BUCKET, "--prefix", PREFIX, "--among", size, *CONNECTIONS)
        row["put"] = self.step(realm.bench_destination, "put", "--bucket", REPLICA, "--count", few, "--size", 64, *CONNECTIONS)
        row["get"] = self.step(realm.bench, "get", *read, "--count", 30_000, rounds=1)
        row["get_again"] = self.step(realm.bench, "get", *read, "--count", 30_000)
        # From the last thousand on a page would be shorter.
        row["list"] = self.step(realm.bench, "list", *BUCKET, "--prefix", PREFIX, "--among", max(1, size - 1000), "--count", 300, "--connections", 4)
        row["replicate"] = self.step(realm.bench, "replicate", *PAIR, "--count", few, "--size", 64, *CONNECTIONS)
        row["rss_mib"], row["noise"] = [harness.status_mib(pid, "VmRSS") for pid in realm.pids], calm.others()
        of_steps = [value["rss_highest_mib"] for value in row.values() if isinstance(value, dict) and "rss_highest_mib" in value]
        row["rss_highest_mib"] = [max(peaks) for peaks in zip(row["fill_rss_highest_mib"], *of_steps)]
        row["disk_mib"] = harness.disk_mib(self.directory)
        row["restart_seconds"] = realm.restart_seconds()
        row["get_after_restart"] = self.step(realm.bench, "get", *read, "--count", 5000, rounds=1)
        self.state["sizes"].append(row)
        self.save()
        say(f"   PUT {row['put']['cpu_micros']} us, GET {row['get']['cpu_micros']} us and again {row['get_again']['cpu_micros']} us, list {row['list']['cpu_micros']} us, "
            f"replicate {row['replicate']['cpu_micros']} us (CPU each); restart {row['restart_seconds']} s; RSS at most {' and '.join(f'{peak:.0f}' for peak in row['rss_highest_mib'])} MiB; disk {row['disk_mib']:,.0f} MiB")

    def overwrite(self, keys, rounds):
        """The same keys written again and again: after ten rounds 90 % of all that was written is dead, and compaction has to give it back."""
        say(f"== {keys:,} keys of 4 KiB, overwritten {rounds - 1} times")
        before = harness.disk_mib(self.directory)
        for number in range(len(self.state["overwrite"]), rounds):
            self.forget_peaks()
            report = self.realm.bench("put", "--bucket", OVERWRITE, "--setup", "--prefix", "again/", "--count", keys, "--size", 4096, *CONNECTIONS)
            row = {"round": number + 1, "per_second": round(report["operations_per_second"]), "cpu_micros": cpu_micros(report), "p50_ms": report["latency_ms"]["p50"],
                   "p99_ms": report["latency_ms"]["p99"], "max_ms": report["latency_ms"]["max"], "live_mib": round(keys * 4096 / (1 << 20)), "written_mib": round((number + 1) * keys * 4096 / (1 << 20)),
                   "disk_mib": round(harness.disk_mib(self.directory) - before, 1), "rss_highest_mib": self.peaks()[0]}
            self.state["overwrite"].append(row)
            self.save()
            say(f"   round {number + 1}: {row['per_second']:,}/s, {row['cpu_micros']} us, p99 {row['p99_ms']:.1f}, longest {row['max_ms']:,.0f} ms, disk {row['disk_mib']:,.0f} MiB for {row['live_mib']:,} MiB alive")
        self.state["overwrite_settle_seconds"] = harness.settle(self.realm.pids)
        self.state["overwrite_settled_disk_mib"] = round(harness.disk_mib(self.directory) - before, 1)
        self.save()
        say(f"   {self.state['overwrite_settle_seconds']} s later, compaction at rest: disk {self.state['overwrite_settled_disk_mib']:,.0f} MiB")

    def run(self, sizes, keys, rounds):
        self.warm_up()
        for size in sizes:
            if size > max((row["objects"] for row in self.state["sizes"]), default=0):
                self.measure(size)
        if keys and "overwrite_settle_seconds" not in self.state:
            self.overwrite(keys, rounds)

    def report(self):
        """Of whatever was measured."""
        if not self.state["sizes"]:
            return
        draw(self.out, self.state)
        (self.out / "growth.md").write_text(table(self.state))
        say(f"\n{table(self.state)}\nwritten: {self.out}/growth.json, growth.md and plots")


def main():
    parser = argparse.ArgumentParser(prog="bench/run growth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--max", type=int, default=1_000_000, help="the largest number of objects (default 1,000,000)")
    parser.add_argument("--overwrite-keys", type=int, default=100_000, help="keys of the overwriting part; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=12, help="how often they are written")
    parser.add_argument("--out", type=pathlib.Path, default=harness.ROOT / "bench/results/latest")
    parser.add_argument("--keep", type=pathlib.Path, help="a directory for the realm, kept afterwards; a run that finds one there goes on with it")
    options = parser.parse_args()
    sizes = [10 ** power for power in range(3, 12) if 10 ** power <= options.max]
    if not sizes:
        raise Failed("--max is below the first size, 1,000")
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    overwritten = options.overwrite_keys * min(options.rounds, 6) * 4096
    harness.need_space(options.keep or harness.data_parent(), 2 + (sizes[-1] * BYTES_PER_OBJECT + overwritten) / harness.GIB)
    say(f"time: about {clock_text(sizes[-1] / FILL_PER_SECOND + STEPS_SECONDS * len(sizes) + options.overwrite_keys * options.rounds / 8000)}, into {options.out}")
    with contextlib.nullcontext(options.keep) if options.keep else harness.scratch("growth") as directory:
        growth = Growth(directory, options.out)
        try:
            growth.run(sizes, options.overwrite_keys, options.rounds)
        finally:
            growth.realm.close()
            growth.report()
    return 0


if __name__ == "__main__":
    harness.run(main)
