# SPDX-License-Identifier: Apache-2.0
"""Rows of several systems as one table with ratios."""
import statistics

from harness import machine_text


def _figure(rows):
    """All runs, the middle one first."""
    if not rows:
        return "", None
    if any("failed" in row for row in rows):
        return " ".join(next(row["failed"] for row in rows if "failed" in row).split())[:200], None
    if rows[0]["value"] is None:
        return rows[0]["never"], None
    values = sorted(row["value"] for row in rows)
    middle, unit = statistics.median(values), rows[0]["unit"]
    number = (lambda value: f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}")
    text = number(middle) + unit
    for name in ("p99", "first"):
        if rows[0].get(name) is not None:
            text += f" ({', '.join(number(row[name]) for row in rows)})"
    if len(values) > 1:
        text += f" of {', '.join(map(number, values))}"
    if rows[0].get("cpu_micros"):
        text += f"; {number(statistics.median(row['cpu_micros'] for row in rows) / 1000)} ms CPU each"
    return text, middle


def table(document):
    """Markdown. A ratio above one is in Farshore's favour."""
    rows = document["rows"]
    ours, peer = "Farshore", document["peer"]
    out = [machine_text(document["machine"]) + ".", "", f"{document['versions'][0]}; {document['versions'][1]}. Both in one run, in turn, on the same cores as their clients and, across the line, as the emulator; "
           "CPU is of every process of both ends. Farshore speaks TLS to clients and between regions, the peer plain HTTP.", "",
           f"| line | what | {ours} | {peer} | ratio | others: {ours}, {peer} |", "|---|---|---|---|---|---|"]
    for profile, case in dict.fromkeys((row["profile"], row["case"]) for row in rows):
        mine, theirs = ([row for row in rows if (row["profile"], row["case"], row["system"]) == (profile, case, system)] for system in (ours, peer))
        (left, a), (right, b) = _figure(mine), _figure(theirs)
        title = next((row["title"] for row in mine + theirs if "title" in row), case)
        ratio = ""
        if a and b:
            ratio = f"{a / b if (mine + theirs)[0]['more_is_better'] else b / a:,.1f}"
        noise = ", ".join(f"{max((row['noise']['cores_busy_with_others'] for row in side if row.get('noise')), default=0):.1f}" for side in (mine, theirs))
        out.append(f"| {profile} | {title} | {left} | {right} | {ratio} | {noise} |")
    return "\n".join(out) + "\n"
