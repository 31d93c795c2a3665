# SPDX-License-Identifier: Apache-2.0
"""One run of the load benchmarks against fresh realms on this machine, with the machine's own limits measured in between, and a table of figures against goals.

Writes FOLDER/NAME.json for each step and FOLDER/table.md. A step that fails is a row of the table; the others go on. Wants a machine that does nothing else."""
import argparse
import pathlib
import shutil
import subprocess
import time

import harness
import raw
import record_table
from harness import Failed, say
from realms import Dev, Served

MIB = 1 << 20
DISK_GIB, QUICK_DISK_GIB = 16, 4
FOUR = ("--size", 4096, "--connections", 64)
READ_BACK = 100_000  # objects that GET chooses from


class Record:
    def __init__(self, folder, quick):
        self.folder, self.quick, self.failed = folder, quick, []
        self.run = time.strftime("%Y-%m-%d %H:%M:%S")
        self.steps_begun = 0

    def amount(self, count):
        return count // 20 if self.quick else count

    def step(self, name, title, measure, pids=()):
        """One file. `measure` gives a dict; what it raises is kept in its place."""
        self.steps_begun += 1
        say(f"{self.steps_begun:2}  {title}")
        begin = time.monotonic()
        try:
            calm = harness.Calm(pids)
            report = measure() | {"title": title}
            report["noise"] = calm.others()
            said = record_table.sentence(report)
        except (Failed, OSError) as failure:
            report, said = {"title": title, "failed": str(failure)}, f"failed: {failure}"
            self.failed.append(name)
        harness.write(self.folder, f"{name}.json", report | {"run": self.run})
        say(f"      {said} [{time.monotonic() - begin:.0f} s]")
        return report

    def load(self, realm, name, title, kind, *arguments, rounds=1):
        """`farshore bench`; of several rounds the one in the middle by rate, with the figures of all."""
        def measure():
            reports = [realm.bench(kind, *arguments) for _ in range(1 if self.quick else rounds)]
            reports.sort(key=lambda report: report["operations_per_second"])
            return reports[len(reports) // 2] | {"rounds": [{"per_second": round(report["operations_per_second"]), "cpu_micros": harness.cpu_micros(report)} for report in reports]}
        harness.settle(realm.pids, 20)
        return self.step(name, title, measure, realm.pids)

    def half(self, realm, name, title, kind, full, *arguments):
        """At half the rate of the report `full`."""
        if "failed" in full:
            return
        rate = round(full["operations_per_second"] / 2)
        self.load(realm, name, f"{title}, at half load ({rate:,}/s)", kind, *arguments, "--rate", rate, "--seconds", 2 if self.quick else 20, "--connections", 128)

    def requests(self, directory):
        """Of clients that speak plain HTTP to one `farshore serve`; the other region has nothing to do."""
        realm = Served(directory, plain=True)
        try:
            self.load(realm, "http", "HTTP alone: small unsigned GETs", "http", "--count", self.amount(300_000), "--connections", 64, rounds=3)
            put = ("--bucket", "bench-put", *FOUR)
            self.load(realm, "put-warm-up", "PUT 4 KiB, before anything is warm", "put", "--setup", *put, "--count", self.amount(60_000))
            full = self.load(realm, "put-4k", "PUT 4 KiB, durable, signed, 64 connections", "put", *put, "--count", self.amount(120_000), rounds=3)
            self.half(realm, "put-4k-half", "PUT 4 KiB", "put", full, "--bucket", "bench-put", "--size", 4096)
            self.get(realm)
            self.load(realm, "put-64m", "PUT 64 MiB with MD5, 2 connections", "put", "--setup", "--bucket", "bench-large", "--size", 64 * MIB, "--connections", 2, "--count", 4 if self.quick else 8, rounds=3)
            self.load(realm, "get-64m", "GET 64 MiB, 2 connections", "get", "--bucket", "bench-large", "--connections", 2, "--count", 4 if self.quick else 16, rounds=3)
            self.load(realm, "list-1000", "list 1,000 keys, 4 connections", "list", "--bucket", "bench-put", "--connections", 4, "--count", self.amount(600))
            self.profile(realm, "put", "--bucket", "bench-put", *FOUR)
            self.profile(realm, "get", "--bucket", "bench-get", "--prefix", "get/", "--among", READ_BACK, "--connections", 64)
            self.load(realm, "put-million", "a million objects of 256 bytes", "put", "--setup", "--bucket", "bench-million", "--count", self.amount(1_000_000), "--size", 256, "--connections", 64)
            self.memory(realm, "memory-requests", "memory of both processes after all this")
        finally:
            realm.close()

    def dev(self, directory):
        """Replication within one process."""
        realm = Dev(directory)
        try:
            self.pair(realm, "dev", "one process (dev)")
            self.profile(realm, "replicate", "--setup", "--bucket", "bench-live", "--destination-bucket", "bench-live-copy", *FOUR)
            self.memory(realm, "memory-dev", "memory of the dev process after all this")
        finally:
            realm.close()

    def get(self, realm):
        """A first pass after a restart, whose contents are in the page cache but whose rows are not in memory, then the same reads again."""
        among = self.amount(READ_BACK)
        read = ("--bucket", "bench-get", "--prefix", "get/", "--among", among, "--connections", 64)
        self.load(realm, "get-fill", f"{among:,} objects to be read", "put", "--setup", "--bucket", "bench-get", "--prefix", "get/", "--count", among, *FOUR)
        realm.restart()
        self.load(realm, "get-4k-cold", "GET 4 KiB, cold: the first reads after a restart", "get", *read, "--count", among)
        full = self.load(realm, "get-4k-warm", "GET 4 KiB, warm: the same reads again", "get", *read, "--count", among, rounds=5)
        self.half(realm, "get-4k-half", "GET 4 KiB, warm", "get", full, *read[:6])

    def pair(self, realm, name, where):
        """Replication: with the PUTs, of what was there before the rule, and the lag of one PUT."""
        both = lambda what: ("--setup", "--bucket", f"bench-{what}", "--destination-bucket", f"bench-{what}-copy")  # noqa: E731
        count = self.amount(60_000)
        self.load(realm, f"replicate-{name}-warm-up", f"4 KiB put and replicated, {where}, warming up", "replicate", *both("live"), "--count", count, *FOUR)
        self.load(realm, f"replicate-{name}", f"4 KiB put and replicated, {where}", "replicate", *both("live"), "--count", count, *FOUR, rounds=3)
        self.load(realm, f"history-{name}", f"4 KiB replicated from history, {where}", "replicate", "--history", *both("history"), "--count", self.amount(120_000), *FOUR)
        self.load(realm, f"lag-{name}", f"lag of one idle PUT, {where}", "lag", *both("lag"), "--count", self.amount(2_000))

    def served(self, directory):
        """Replication between two processes over TLS."""
        realm = Served(directory)
        try:
            self.pair(realm, "served", "two processes over TLS")
            both = ("--setup", "--bucket", "bench-scan", "--destination-bucket", "bench-scan-copy")
            self.load(realm, "history-million", "history of a million 4 KiB objects, two processes over TLS", "replicate", "--history", *both,
                      "--count", self.amount(1_000_000), *FOUR, "--timeout", 3600)
            self.memory(realm, "memory-served", "memory of both processes after all this")
        finally:
            realm.close()

    def limits(self, directory):
        self.step("disk", "the disk alone: synced writes over blocks already written", lambda: raw.limits(directory, self.quick))

    def part(self, name, directory):
        """A part whose realm does not come up, or goes down, does not take the next one with it."""
        try:
            getattr(self, name)(directory)
        except (*harness.TROUBLES, OSError) as failure:
            say(f"      the rest of this part is left out: {failure}")
            self.failed.append(name)

    def memory(self, realm, name, title):
        self.step(name, title, lambda: {"rss_mib": [harness.status_mib(pid, "VmRSS") for pid in realm.pids],
                                        "highest_mib": [harness.status_mib(pid, "VmHWM") for pid in realm.pids]})

    def profile(self, realm, kind, *arguments):
        """Where the time of the first process goes, by perf if there is one; these runs are slower and no figure of theirs is used."""
        if not shutil.which("perf") or self.quick:
            return
        data = realm.directory / "perf"
        perf = subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "1999", "-p", str(realm.pids[0]), "-o", data, "--", "sleep", "6"],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            realm.bench(kind, *arguments, "--seconds", 7)
        except Failed as failure:
            say(f"      no profile of {kind}: {failure}")
        if perf.wait() == 0:
            shown = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "--sort", "dso,symbol", "-w", "0,24,90"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
            lines = [line[:130].rstrip() for line in shown.stdout.splitlines() if line.strip() and not line.startswith("#")]
            (self.folder / f"{kind}-profile.txt").write_text("\n".join(lines[:40]) + "\n")


def main():
    parser = argparse.ArgumentParser(prog="bench/record", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=harness.ROOT / "bench/results/latest")
    parser.add_argument("--quick", action="store_true", help="a twentieth of everything, in about a minute: whether it works, not how fast it is")
    parser.add_argument("--only", choices=("limits", "requests", "dev", "served"), action="append", help="this part alone; may be repeated")
    options = parser.parse_args()
    parts = options.only or ["limits", "requests", "dev", "served"]
    harness.need_space(harness.data_parent(), QUICK_DISK_GIB if options.quick else DISK_GIB)
    say(f"time: about {'two minutes' if options.quick else 'ten minutes'} for all parts, into {options.folder}")
    record = Record(options.folder, options.quick)
    if not options.only:
        record_table.forget(options.folder)
    harness.write(options.folder, "machine.json", harness.machine() | {"quick": options.quick, "run": record.run})
    begin = time.monotonic()
    try:
        # Each part has a directory of its own that goes before the next one comes: half the disk is enough.
        for part in parts:
            with harness.scratch("record") as directory:
                record.part(part, directory)
    finally:
        table = record_table.table(options.folder)
        (options.folder / "table.md").write_text(table)
    say(f"\n{table}\nwritten: {options.folder}/table.md after {harness.clock_text(time.monotonic() - begin)}"
        + (f"; failed: {', '.join(record.failed)}" if record.failed else ""))
    return 1 if record.failed else 0


if __name__ == "__main__":
    harness.run(main)
