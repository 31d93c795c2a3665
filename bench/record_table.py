# SPDX-License-Identifier: Apache-2.0
"""What one run of bench/record has written, as sentences and as a table of figures against goals. Reads the JSON alone, so that a table can be made anew."""
import json
import pathlib
import sys

import harness
from harness import cpu_micros

MEMORY_MIB = 256  # of a process, whatever it holds


class Row:
    """A line of the table. `checks`: pairs of a goal's words and whether it was met; none: the figure is only stated."""

    def __init__(self, name, figure, checks=(), ratio=""):
        self.name, self.figure, self.checks, self.ratio = name, figure, list(checks), ratio

    def text(self, report):
        wanted = ", ".join(words for words, _ in self.checks)
        met = "" if not self.checks else "yes" if all(ok for _, ok in self.checks) else "NO"
        others = f"{report['noise']['cores_busy_with_others']:.2f}" if "noise" in report else ""
        return f"| {report['title']} | {self.figure} | {wanted} | {met} | {self.ratio} | {others} |"


def sentence(report):
    """One step in short; of several rounds, the one in the middle."""
    if "group_of_64" in report:
        return f"{report['one_writer_4k']['syncs_per_second']:,} syncs/s of one 4 KiB, {report['group_of_64']['records_per_second']:,} x 4 KiB/s in groups of 64, {report['large']['megabytes_per_second']:,} MB/s in pieces of 16 MiB"
    if "rss_mib" in report:
        return f"RSS {' and '.join(f'{one:.0f}' for one in report['rss_mib'])} MiB, highest {' and '.join(f'{one:.0f}' for one in report['highest_mib'])} MiB"
    return _load(report)


def _load(report):
    if "lag_ms" in report:
        return f"p50 {report['lag_ms']['p50']:.1f}, p99 {report['lag_ms']['p99']:.1f}, p99.9 {report['lag_ms']['p99_9']:.1f} ms"
    each = " + ".join(f"{process['cpu_micros_per_operation']:.1f}" for process in report["processes"])
    rates = [one["per_second"] for one in report.get("rounds", [])]
    spread = f" ({len(rates)} rounds, {min(rates):,} to {max(rates):,})" if len(rates) > 1 else ""
    text = f"{report['operations_per_second']:,.0f}/s{spread}, {each} us server CPU each"
    if "replicas" in report:
        return text
    latency = report["latency_ms"]
    return f"{text}, p50 {latency['p50']:.2f}, p99 {latency['p99']:.2f}, p99.9 {latency['p99_9']:.2f} ms"


def _megabytes_per_core(report):
    """What one core of the server alone could carry."""
    return report["size_bytes_each"] / cpu_micros(report)


def _large(report, wanted):
    per_core = _megabytes_per_core(report)
    return f"{report['bytes_per_second'] / 1e6:,.0f} MB/s; {per_core:,.0f} MB/s per core of the server", [(f">= {wanted:,} MB/s per core", per_core >= wanted)]


def _small(report, rate=None, cpu=None, p99=None):
    checks = []
    if rate:
        checks.append((f">= {rate:,}/s", report["operations_per_second"] >= rate))
    if p99:
        checks.append((f"p99 <= {p99} ms", report["latency_ms"]["p99"] <= p99))
    if cpu:
        checks.append((f"<= {cpu} us CPU", cpu_micros(report) <= cpu))
    return checks


def _get(report, http, wanted):
    per_core = 1e6 / cpu_micros(report)
    ratio = f"{cpu_micros(http) / cpu_micros(report):.0%} of what a core gives of HTTP alone" if http else ""
    return f"{_load(report)}; {per_core:,.0f}/s per core", [(f">= {wanted:,}/s per core", per_core >= wanted)] if wanted else [], ratio


def _rows(reports):
    """Of the steps that were measured, in the order of the table."""
    for name, report in reports.items():
        same_run = {other: one for other, one in reports.items() if one.get("run") == report.get("run")}
        http, disk = same_run.get("http"), same_run.get("disk")
        if name == "disk":
            yield Row(name, sentence(report))
        elif name == "put-4k":
            ratio = f"{report['operations_per_second'] / disk['group_of_64']['records_per_second']:.0%} of the disk's groups of 64" if disk else ""
            yield Row(name, _load(report), _small(report, rate=12000, p99=15, cpu=120), ratio)
        elif name in ("get-4k-cold", "get-4k-warm"):
            figure, checks, ratio = _get(report, http, 35000 if name == "get-4k-warm" else None)
            yield Row(name, figure, checks, ratio)
        elif name == "put-64m":
            ratio = f"{report['bytes_per_second'] / 1e6 / disk['large']['megabytes_per_second']:.0%} of the disk alone" if disk else ""
            yield Row(name, *_large(report, 450), ratio)
        elif name == "get-64m":
            yield Row(name, *_large(report, 1500))
        elif name == "list-1000":
            yield Row(name, _load(report), [("p50 <= 10 ms", report["latency_ms"]["p50"] <= 10)])
        elif name.startswith("lag-"):
            lag = report["lag_ms"]
            yield Row(name, sentence(report), [("p50 <= 3 ms", lag["p50"] <= 3), ("p99 <= 8 ms", lag["p99"] <= 8)])
        elif name == "history-million":
            short = same_run.get("history-served")
            ratio = f"{report['operations_per_second'] / short['operations_per_second']:.0%} of the rate of {short['operations']:,}" if short else ""
            yield Row(name, _load(report), _small(report, rate=10000, cpu=100), ratio)
        elif name.startswith("history-"):
            yield Row(name, _load(report), _small(report, rate=10000, cpu=100))
        elif name.startswith("replicate-"):
            yield Row(name, _load(report), _small(report, rate=10000))
        elif name.startswith("memory-"):
            regions = 2 if name == "memory-dev" else 1  # of one process
            yield Row(name, sentence(report), [(f"<= {MEMORY_MIB} MiB for each region", max(report["highest_mib"]) <= MEMORY_MIB * regions)])
        elif not name.endswith(("-warm-up", "-fill")):
            yield Row(name, _load(report))


_ORDER = ("disk", "http", "put-4k", "put-4k-half", "get-4k-cold", "get-4k-warm", "get-4k-half", "put-64m", "get-64m", "list-1000", "put-million", "replicate-dev", "history-dev",
          "lag-dev", "replicate-served", "history-served", "history-million", "lag-served", "memory-requests", "memory-dev", "memory-served")


def read(folder):
    """The steps that are there, by name; those of 64 MiB know the size of what they moved."""
    reports = {}
    for name in _ORDER:
        path = folder / f"{name}.json"
        if not path.exists():
            continue
        report = json.loads(path.read_text())
        if report.get("operations"):
            report["size_bytes_each"] = report["bytes"] / report["operations"]
        reports[name] = report
    return reports


def forget(folder):
    """Removes what an earlier run has left, so that no row of it stands among those of a new one."""
    for name in _ORDER:
        (folder / f"{name}.json").unlink(missing_ok=True)


def table(folder):
    """Markdown. Rows of another run than the last, which ran a part alone, say so and give nobody a ratio."""
    reports = read(folder)
    machine = json.loads((folder / "machine.json").read_text())
    for report in reports.values():
        report["title"] += "" if report.get("run") == machine.get("run") else f" ({report.get('run', 'an earlier run')})"
    measured = {name: report for name, report in reports.items() if "failed" not in report}
    out = [harness.machine_text(machine) + ("; **a quick run: none of this is a figure to quote**" if machine.get("quick") else "") + ".", "",
           "Client, servers and disk share the cores. `per core` is one second divided by the CPU time that the server takes for one operation. `others`: cores that were busy "
           "with something else meanwhile; above 0.1 a rate says little.", "",
           "| what | figure | wanted | met | ratio | others |", "|---|---|---|---|---|---|"]
    rows = {row.name: row for row in _rows(measured)}
    for name, report in reports.items():
        if name in rows:
            out.append(rows[name].text(report))
        elif "failed" in report:
            out.append(f"| {report['title']} | failed: {report['failed']} | an end | NO | | |")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    print(table(pathlib.Path(sys.argv[1])), end="")
