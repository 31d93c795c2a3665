# SPDX-License-Identifier: Apache-2.0
"""What bench/run growth has measured, as plots and as a table that says which curves are flat."""
from harness import machine_text
from plots import BAND, Panel, draw as draw_panels

MEMORY_MIB = 256
CALM = 0.2  # cores busy with something else, above which a verdict says so
COSTS = (("put", "PUT"), ("get", "GET, any of all"), ("get_again", "GET, the same again"), ("list", "list 1,000 keys"), ("replicate", "put and replicate"))


def draw(folder, state):
    rows, machine = state["sizes"], machine_text(state["machine"])
    sizes = [row["objects"] for row in rows]
    line = lambda name, field, words: (words, sizes, [row[name][field] for row in rows])  # noqa: E731
    small = [cost for cost in COSTS if cost[0] != "list"]
    panels = [Panel("CPU", "server CPU, us each", [line(name, "cpu_micros", words) for name, words in small], band=True),
              Panel("CPU of a listed page", "server CPU, us each", [line("list", "cpu_micros", "1,000 keys")], band=True),
              Panel("rate", "operations per second", [line(name, "per_second", words) for name, words in small]),
              Panel("latency, p99", "ms", [line(name, "p99_ms", words) for name, words in COSTS if name != "replicate"]),
              Panel("restart after kill -9", "s until both processes serve", [("restart", sizes, [row["restart_seconds"] for row in rows])]),
              Panel("memory, highest in any step", "MiB RSS", [(words, sizes, [row["rss_highest_mib"][index] for row in rows]) for index, words in enumerate(("source", "destination"))],
                    goal=(f"{MEMORY_MIB} MiB", MEMORY_MIB))]
    draw_panels(folder, "growth.svg", "What an operation costs as the realm fills", machine, panels, "objects in each bucket")
    rounds = state["overwrite"]
    if not rounds:
        return
    numbers = [row["round"] for row in rounds]
    column = lambda words, field: (words, numbers, [row[field] for row in rounds])  # noqa: E731
    panels = [Panel("rate", "PUTs per second", [column("PUT", "per_second")]),
              Panel("CPU, compaction included", "server CPU, us each", [column("PUT", "cpu_micros")], band=True),
              Panel("latency", "ms", [column("p50", "p50_ms"), column("p99", "p99_ms")]),
              Panel("disk", "MiB", [column("taken beyond before", "disk_mib"), column("written so far", "written_mib"), column("alive", "live_mib")]),
              Panel("memory, highest in the round", "MiB RSS", [column("RSS", "rss_highest_mib")], goal=(f"{MEMORY_MIB} MiB", MEMORY_MIB))]
    draw_panels(folder, "overwrite.svg", "The same 4 KiB objects written again and again", machine, panels, "round", logarithmic=False)


def _verdict(first, values, busy):
    """`values`: at the sizes behind the first. On a busy machine even CPU times rise by half."""
    if not values:
        return ""
    worst = max(values, key=lambda value: abs(value / first - 1)) / first - 1
    return (f"flat ({worst:+.0%} at most)" if abs(worst) <= BAND else f"NOT FLAT ({worst:+.0%})") + (", on a busy machine" if busy else "")


def table(state):
    """Markdown."""
    rows = state["sizes"]
    out = [machine_text(state["machine"]) + ".", "", "Server CPU for one operation in us, by the number of objects that each bucket was filled with; measuring adds up to 60,000 of its own at each size. "
           "Flat: within 20 % of the first size.", "",
           "| | " + " | ".join(f"{row['objects']:,}" for row in rows) + " | verdict |", "|---|" + "---|" * (len(rows) + 1)]
    busy = max(row["noise"]["cores_busy_with_others"] for row in rows) > CALM
    for name, words in COSTS:
        values = [row[name]["cpu_micros"] for row in rows]
        out.append(f"| {words} | " + " | ".join(f"{value:,.1f}" for value in values) + f" | {_verdict(values[0], values[1:], busy)} |")
    others = (("list: p99, ms", lambda row: f"{row['list']['p99_ms']:.1f}"), ("restart after kill -9, s", lambda row: f"{row['restart_seconds']:.2f}"),
              ("disk, MiB", lambda row: f"{row['disk_mib']:,.0f}"), ("cores busy with others", lambda row: f"{row['noise']['cores_busy_with_others']:.2f}"))
    out += [f"| {words} | " + " | ".join(text(row) for row in rows) + " | |" for words, text in others]
    highest = [max(row["rss_highest_mib"]) for row in rows]
    out.append("| RSS of one process, highest, MiB | " + " | ".join(f"{value:.0f}" for value in highest) + f" | {'within' if max(highest) <= MEMORY_MIB else 'ABOVE'} {MEMORY_MIB} |")
    rounds = state["overwrite"]
    if rounds:
        last = rounds[-1]
        rates = [row["per_second"] for row in rounds]
        out += ["", f"Overwriting: {last['round']} rounds over {last['live_mib']:,} MiB: {min(rates):,} to {max(rates):,} PUTs/s, {min(row['cpu_micros'] for row in rounds):.0f} to "
                f"{max(row['cpu_micros'] for row in rounds):.0f} us CPU each, p99 at most {max(row['p99_ms'] for row in rounds):.1f}, longest {max(row['max_ms'] for row in rounds):,.0f} ms; "
                f"at most {max(row['disk_mib'] for row in rounds):,.0f} MiB of disk for {last['written_mib']:,} MiB written"
                + (f", {state['overwrite_settled_disk_mib']:,.0f} MiB once compaction rests." if "overwrite_settled_disk_mib" in state else ".")]
    return "\n".join(out) + "\n"
