# SPDX-License-Identifier: Apache-2.0
"""Farshore and Ceph RGW multisite, measured by the same hand in one run: loopback, an emulated line, and a crash with objects waiting.

Each system has a fresh pair of sites for every round, and they take turns. Needs root, build/release/{farshore,farshore-wan} and Debian's Ceph packages."""
import argparse
import contextlib
import os
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "wan")]

import cases  # noqa: E402
import ceph  # noqa: E402
import farshore_pair  # noqa: E402
import harness  # noqa: E402
import line  # noqa: E402
import spaces  # noqa: E402
from harness import Failed, say  # noqa: E402
from peers_table import table  # noqa: E402

SYSTEMS = (farshore_pair, ceph)


class Run:
    def __init__(self, options):
        self.folder = options.out
        self.document = {"machine": harness.machine(), "peer": ceph.Pair.name, "versions": [farshore_pair.version(), ceph.version()], "rows": []}

    def do(self, profile, system, case, measure):
        """One figure; what it raises is a row, too."""
        try:
            row = measure()
        except Exception as failure:  # noqa: BLE001 reported in the table
            row = {"system": system.name, "case": case, "failed": str(failure)}
        row["profile"] = profile
        self.document["rows"].append(row)
        harness.write(self.folder, "peers.json", self.document)
        figure = row.get("failed") or row.get("never") or f"{row['value']:,.1f}{row['unit']}"
        say(f"   {profile:<16} {system.name:<9} {row['case']:<6} {figure}")

    def measure(self, profile, make, number, objects, lags):
        with contextlib.closing(make()) as system:
            names = system.prepare(f"peer-{number}")
            self.do(profile, system, "small", lambda: cases.small_objects(system, names, objects))
            self.do(profile, system, "large", lambda: cases.large_objects(system, names))
            self.do(profile, system, "lag", lambda: cases.idle_lag(system, names, lags))

    def crash(self, make, objects, patience):
        with contextlib.closing(make()) as system:
            self.do("loopback", system, "crash", lambda: cases.crash(system, "crash", objects, patience))


def main():
    parser = argparse.ArgumentParser(prog="bench/run peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2, help="of every figure but the crash (default 2)")
    parser.add_argument("--objects", type=int, default=5000, help="small ones (default 5,000)")
    parser.add_argument("--waiting", type=int, default=2000, help="objects that wait when both ends are killed (default 2,000)")
    parser.add_argument("--patience", type=int, default=900, help="seconds that the last of them is waited for (default 900)")
    parser.add_argument("--lags", type=int, default=60, help="samples of lag (default 60)")
    parser.add_argument("--rtt", type=int, default=100, help="milliseconds of the line's round trip (default 100)")
    parser.add_argument("--only", action="append", choices=("loopback", "line", "crash"))
    parser.add_argument("--out", type=pathlib.Path, default=harness.ROOT / "bench/results/latest")
    options = parser.parse_args()
    if os.geteuid() != 0:
        raise Failed("needs root, for network namespaces")
    if ceph.missing():
        raise Failed(f"{', '.join(ceph.missing())} missing: apt-get install -y --no-install-recommends {ceph.PACKAGES}")
    if not line.BINARY.exists():
        raise Failed(f"{line.BINARY} is missing: tools/build release farshore farshore-wan")
    harness.need_space(harness.data_parent(), 12)
    os.environ.setdefault("FARSHORE_WAN_DATA", str(harness.data_parent()))
    wanted = options.only or ["loopback", "line", "crash"]
    ours, run = spaces.alone(), Run(options)
    try:
        spaces.make()
        spaces.enter(spaces.CLIENTS)
        for number in range(options.rounds):
            for system in SYSTEMS if "loopback" in wanted else ():
                run.measure("loopback", system.on_loopback, number, options.objects, options.lags)
            for system in SYSTEMS if "line" in wanted else ():
                with contextlib.closing(line.Line(options.rtt, 1000)):
                    run.measure(f"{options.rtt} ms, 1 Gbit/s", system.across_the_line, number, options.objects, options.lags)
        for system in SYSTEMS if "crash" in wanted else ():
            run.crash(system.on_loopback, options.waiting, options.patience)
    finally:
        spaces.remove()
        ours.close()
        if run.document["rows"]:
            (options.out / "peers.md").write_text(table(run.document))
    say("\n" + table(run.document))
    return 1 if any("failed" in row for row in run.document["rows"]) else 0


if __name__ == "__main__":
    harness.run(main)
