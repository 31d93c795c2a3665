# SPDX-License-Identifier: Apache-2.0
"""Curves as SVG: one figure of small plots, with titles, units and, where cost is compared, the band in which a curve counts as flat."""
import dataclasses

from harness import say

BAND = 0.20  # what may be lost or gained against the first point before a curve is no longer called flat


@dataclasses.dataclass
class Panel:
    """`lines`: (name, xs, ys). `band`: 20 % are shaded around each line's first point, or its first one at that x. `goal`: a dashed line, (words, y)."""
    title: str
    unit: str
    lines: list
    band: bool | int = False
    goal: tuple = None


def _draw(axis, panel, x_label, logarithmic):
    for name, xs, ys in panel.lines:
        points = [(x, y) for x, y in zip(xs, ys) if y is not None]
        if not points:
            continue
        line, = axis.plot(*zip(*points), marker="o", markersize=3, label=name)
        points = [point for point in points if point[0] >= panel.band]
        if panel.band and points:
            axis.fill_between([points[0][0], points[-1][0]], points[0][1] * (1 - BAND), points[0][1] * (1 + BAND), color=line.get_color(), alpha=0.12, linewidth=0)
    if panel.goal:
        axis.axhline(panel.goal[1], color="0.4", linestyle="--", linewidth=0.9, label=panel.goal[0])
    axis.set_title(panel.title + (" (shaded: ±20 %)" if panel.band else ""))
    axis.set_ylabel(panel.unit)
    axis.set_xlabel(x_label)
    axis.set_ylim(0, axis.get_ylim()[1] * (1.25 if len(panel.lines) > 2 else 1.08))  # room for the legend
    if logarithmic:
        axis.set_xscale("log")
    else:
        axis.xaxis.get_major_locator().set_params(integer=True)
    if len(panel.lines) + bool(panel.goal) > 1:
        axis.legend(loc="best", framealpha=0.6)


def draw(folder, name, title, subtitle, panels, x_label, logarithmic=True):
    """Writes folder/name. Without matplotlib it says so and goes on: the JSON is what was measured."""
    try:
        import matplotlib
    except ImportError:
        say(f"no plot {name}: install what bench/requirements.txt lists into this Python")
        return
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "farshore", "font.size": 8, "axes.titlesize": 9, "axes.grid": True, "grid.alpha": 0.3, "legend.fontsize": 7})
    import matplotlib.pyplot as pyplot
    columns = min(3, len(panels))
    rows = (len(panels) + columns - 1) // columns
    figure, axes = pyplot.subplots(rows, columns, figsize=(4.0 * columns, 2.8 * rows + 0.7), squeeze=False, layout="constrained")
    for axis in axes.flat[len(panels):]:
        axis.axis("off")
    for axis, panel in zip(axes.flat, panels):
        _draw(axis, panel, x_label, logarithmic)
    figure.suptitle(f"{title}\n", fontsize=11)
    figure.text(0.5, 0.985, "\n" + subtitle, ha="center", va="top", fontsize=7, color="0.35")
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / name, metadata={"Date": None})
    pyplot.close(figure)
