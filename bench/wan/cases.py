# SPDX-License-Identifier: Apache-2.0
"""What is measured across the line, each with what is wanted of it. Every case gives one row: figures as numbers, and whether the goal was met."""
import time

from line import difference
from noise import Noise

MIB, GIB = 1 << 20, 1 << 30
HALF_LOAD = 4000          # PUTs a second beside a large object: half of what is wanted of small objects
CUT_SECONDS = 20          # longer than the silence after which a peer link is given up
SAMPLES_MIN = 50          # of lag, below which a p99 says nothing
PAYLOAD_SHARE = 1448 / 1538  # of a line's bits: what TCP carries beside its own, IP's and Ethernet's bytes


class Case:
    """One measurement: names its buckets, accounts for CPU and noise, and makes the row."""

    def __init__(self, name, title, realm, line, **figures):
        self.name, self.title, self.realm, self.line, self.figures = name, title, realm, line, figures
        self.buckets = ("--setup", "--bucket", f"wan-{name}", "--destination-bucket", f"wan-{name}-copy")
        self.before = line.stats() if line else None
        self.noise = Noise()
        self.sent_before = self._sent()

    def _sent(self):
        return self.realm.metric(self.realm.source, "farshore_peer_sent_bytes_total")

    def row(self, bench, wanted, measured, met, own_cpu_seconds=0.0):
        """`met`: True or False; None where the figure is only stated. `own_cpu_seconds`: of what else the case ran."""
        servers = [process["cpu_seconds"] for process in bench["processes"]]
        each = [process["cpu_micros_per_operation"] for process in bench["processes"]]
        row = {"case": self.name, "title": self.title, "wanted": wanted, "measured": measured, "met": met, **self.figures,
               "source_cpu_seconds": servers[0], "destination_cpu_seconds": servers[1], "client_cpu_seconds": bench["client_cpu_seconds"],
               "servers_cpu_micros_per_operation": sum(each), "source_sent_bytes": self._sent() - self.sent_before}
        accounted = sum(servers) + bench["client_cpu_seconds"] + own_cpu_seconds
        if self.line:
            row["line"] = difference(self.line.stats(), self.before)
            accounted += row["line"]["cpu_seconds"]
        row["memory_max_mib"] = [round(region.memory_max_bytes() / MIB) for region in self.realm.regions]
        row["noise"] = self.noise.others(accounted)
        row["bench"] = bench
        return row


def small_objects(realm, line, count, name="small", wanted=None, loss=0.0):
    """A backlog of 4 KiB objects, put before the rule was made, so that replication alone is timed."""
    case = Case(name, f"{count:,} objects of 4 KiB, backlog" + (f", {loss:.1%} lost" if loss else ""), realm, line, loss=loss)
    if line:
        line.set("loss", loss)
    try:
        bench = realm.bench("replicate", "--history", *case.buckets, "--count", count, "--size", 4096, "--connections", 64)
    finally:
        if line:
            line.set("loss", 0)
    rate = bench["operations_per_second"]
    case.figures["objects_per_second"] = rate
    goal = f">= {wanted:,}/s" if wanted else "stated"
    return case.row(bench, goal, f"{rate:,.0f}/s", rate >= wanted if wanted else None)


def large_objects(realm, line, name, count, size, wanted=None, loss=0.0):
    """A backlog of large objects; with `loss`, some of the line's segments never arrive."""
    plural = f"{count} x {size // MIB} MiB" if size < GIB else f"{count} x {size // GIB} GiB" if count > 1 else "1 GiB"
    case = Case(name, plural + (f", {loss:.1%} lost" if loss else ""), realm, line, loss=loss)
    line.set("loss", loss)
    try:
        bench = realm.bench("replicate", "--history", *case.buckets, "--count", count, "--size", size, "--connections", min(count, 8))
    finally:
        line.set("loss", 0)
    rate = bench["bytes_per_second"] / 1e6
    case.figures["megabytes_per_second"] = rate
    limit = line.rate_mbit * 1e6 / 8 * PAYLOAD_SHARE / 1e6
    row = case.row(bench, f">= {wanted} MB/s" if wanted else "stated", f"{rate:.1f} MB/s of {limit:.1f}", rate >= wanted if wanted else None)
    cpu = row["source_cpu_seconds"] + row["destination_cpu_seconds"]
    row["servers_cpu_seconds_per_gb"] = cpu / (bench["bytes"] / 1e9)
    return row


def _lag_row(case, bench, p50, p99, own_cpu_seconds=0.0):
    lag = bench["lag_ms"]
    wanted = " and ".join(f"{name} <= {value:g} ms" for name, value in (("p50", p50), ("p99", p99)) if value is not None)
    met = lag["count"] >= SAMPLES_MIN and (p50 is None or lag["p50"] <= p50) and (p99 is None or lag["p99"] <= p99)
    case.figures["lag_ms"] = lag
    return case.row(bench, wanted, f"p50 {lag['p50']:.1f}, p99 {lag['p99']:.1f} ms of {lag['count']}", met, own_cpu_seconds)


def idle_lag(realm, line, seconds, p50, p99, name="lag"):
    """From a PUT's 200 at the source to a HEAD at the destination, asked every millisecond over a connection that does not cross the line."""
    case = Case(name, "lag of one PUT, idle", realm, line)
    return _lag_row(case, realm.bench("lag", *case.buckets, "--seconds", seconds), p50, p99)


def loaded_lag(realm, line, seconds, p99, load=HALF_LOAD, large=GIB):
    """The same while PUTs come at a steady rate under the same rule, and a large object of another rule crosses the line."""
    case = Case("lag-loaded", f"lag at {load:,} PUTs/s beside {large // MIB} MiB objects", realm, line)
    payload = line.stats()["ab"]["delivered_payload_bytes"]
    beside = realm.start_bench("replicate", "--history", "--setup", "--bucket", "wan-beside", "--destination-bucket", "wan-beside-copy",
                               "--count", 2, "--size", large, "--connections", 1)
    try:
        _until(lambda: line.stats()["ab"]["delivered_payload_bytes"] > payload + large / 50, beside)
        warm = realm.start_bench("put", "--setup", "--bucket", "wan-lag-loaded", "--rate", load, "--connections", 256, "--seconds", 1)
        realm.finish_bench(warm)
        steady = realm.start_bench("put", "--setup", "--bucket", "wan-lag-loaded", "--rate", load, "--connections", 256, "--seconds", seconds + 2)
        begin = line.stats()
        bench = realm.bench("lag", *case.buckets, "--seconds", seconds)
        during = difference(line.stats(), begin)
        put = realm.finish_bench(steady)
        large_done = realm.finish_bench(beside)
    finally:
        beside.kill()
    own = put["client_cpu_seconds"] + large_done["client_cpu_seconds"]
    row = _lag_row(case, bench, None, p99, own)
    row["puts_per_second"] = put["operations_per_second"]
    row["beside"] = {"seconds": large_done["seconds"], "megabytes_per_second": large_done["bytes_per_second"] / 1e6}
    row["line_megabytes_per_second"] = during["ab"]["delivered_payload_bytes"] / 1e6 / during["seconds"]
    return row


def cut(realm, line, clean, size=GIB, seconds=CUT_SECONDS, name="cut"):
    """The line is cut when half of an object has crossed it. `clean`: the row of the same object over the same line without a cut; what has
    crossed the line beyond that was sent again. What was on its way when the line was cut never arrived, and is not counted."""
    case = Case(name, f"{size // MIB} MiB, the line cut for {seconds} s in the middle", realm, line)
    payload = line.stats()["ab"]["delivered_payload_bytes"]
    running = realm.start_bench("replicate", "--history", *case.buckets, "--count", 1, "--size", size, "--connections", 1)
    try:
        _until(lambda: line.stats()["ab"]["delivered_payload_bytes"] > payload + size / 2, running)
        line.cut()
        time.sleep(seconds)
    finally:
        line.heal()
    healed = time.monotonic()
    bench = realm.finish_bench(running)
    row = case.row(bench, "<= 0.1 % again", "", None)
    row["seconds_after_healing"] = time.monotonic() - healed
    again = row["line"]["ab"]["delivered_payload_bytes"] - clean["line"]["ab"]["delivered_payload_bytes"]
    row["sent_again_bytes"], row["sent_again_share"] = again, again / size
    row["sent_again_by_the_source_bytes"] = row["source_sent_bytes"] - clean["source_sent_bytes"]
    row["measured"] = f"{max(0, again) / size:.3%} ({again / MIB:+.2f} MiB)"
    row["met"] = again <= size / 1000
    return row


def _until(condition, process, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("what was waited for did not happen:\n" + (process.stderr.read() if process.poll() is not None else "too long"))
        time.sleep(0.02)
