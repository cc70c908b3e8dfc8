"""The figure of a comparison: FID over the fraction of labels."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from keras_s3gan.experiment.comparison.rows import Row, Spread, groups, protocol, spread

# Okabe and Ito's colours, which are distinct for colour-blind readers. Black is for the
# fully supervised method.
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c564b")
_MARKERS = "osD^vPX"
_STYLES = ("--", "-.", ":")
_GREY = "#666666"
# Neighbouring error bars are shifted, so that they do not overlap.
_DODGE = 1.035
_LOG_RATIO = 10

# FIDs over the seeds, and the number of requested seeds.
Point = tuple[Spread, int]
Methods = Mapping[str, Mapping[float, Point]]


def draw(rows: Sequence[Row]) -> Figure:
    """Draws one line per method; methods with no or all labels are horizontal.

    Lines are medians over the seeds, error bars and bands their range. Where seeds
    are missing, a marker is hollow or the legend says so.

    Args:
        rows: list of dictionaries, see `read_row`; at least one has an FID.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    methods: dict[str, dict[float, Point]] = {}
    for (recipe, fraction), group in groups(rows).items():
        found = spread(row["fid"] for row in group)
        if found:
            methods.setdefault(recipe, {})[fraction] = (found, len(group))
    levels = {n: points for n, points in methods.items() if set(points) <= {0.0, 1.0}}
    curves = {n: points for n, points in methods.items() if n not in levels}

    figure = Figure(figsize=(7.2, 4.4), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    colors = 2 * len(methods) * _COLORS
    _scale(axes, methods, curves)
    for index, (name, points) in enumerate(curves.items()):
        shift = _DODGE ** (index - (len(curves) - 1) / 2)
        _draw_curve(axes, name, points, shift, colors[index], _MARKERS[index % 7])
    styles = {0.0: 0, 1.0: 0}
    for index, (name, points) in enumerate(levels.items(), len(curves)):
        for fraction, point in points.items():
            count = styles[fraction]
            styles[fraction] += 1
            if fraction == 1.0:
                color, style = "black", ("-", *_STYLES)[count % 4]
            else:
                color, style = colors[index], _STYLES[count % 3]
            _draw_level(axes, name, fraction, point, color, style)
    _write_around(figure, axes, rows, curves)
    return figure


def _draw_curve(
    axes: Axes,
    name: str,
    points: Mapping[float, Point],
    shift: float,
    color: str,
    marker: str,
) -> None:
    places = [100 * fraction * shift for fraction in points]
    medians = [found.median for found, _ in points.values()]
    below = [found.median - found.low for found, _ in points.values()]
    above = [found.high - found.median for found, _ in points.values()]
    look: dict[str, Any] = {"color": color, "marker": marker, "markersize": 6}
    bars: dict[str, Any] = {"elinewidth": 1.2, "capsize": 3.5, "zorder": 3}
    axes.errorbar(places, medians, (below, above), label=name, **look, **bars)
    for place, (found, asked) in zip(places, points.values(), strict=True):
        if found.count < asked:
            axes.plot(place, found.median, **look, markerfacecolor="white", zorder=4)


def _draw_level(
    axes: Axes, name: str, fraction: float, point: Point, color: str, style: str
) -> None:
    found, asked = point
    label = f"{name}, {'all' if fraction else 'no'} labels"
    if found.count < asked:
        label += f", {found.count} of {asked} seeds"
    axes.axhspan(found.low, found.high, color=color, alpha=0.1, linewidth=0)
    axes.axhline(found.median, color=color, linestyle=style, linewidth=1.6, label=label)


def _scale(axes: Axes, methods: Methods, curves: Methods) -> None:
    axes.set_xscale("log")
    shares = sorted({100 * f for points in curves.values() for f in points})
    shares = shares or [1, 10, 100]
    axes.set_xlim(shares[0] / 1.4, shares[-1] * 1.4)
    axes.xaxis.set_major_locator(FixedLocator(shares))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.6g} %"))

    found = [point[0] for points in methods.values() for point in points.values()]
    low, high = min(f.low for f in found), max(f.high for f in found)
    # One failed method must not compress all others to a line.
    if low > 0 and high > _LOG_RATIO * low:
        axes.set_yscale("log")
        plain = FuncFormatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_major_formatter(plain)
    elif high > 0:
        axes.set_ylim(0, 1.08 * high)


def _write_around(
    figure: Figure, axes: Axes, rows: Sequence[Row], curves: Methods
) -> None:
    axes.set_xlabel("images with a label")
    axes.set_ylabel("FID (lower is better)")
    axes.grid(color="#e8e8e8", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    points = [point for method in curves.values() for point in method.values()]
    note = f"Median and range over seeds. {protocol(rows)}."
    if any(found.count < asked for found, asked in points):
        note += " Hollow: seeds are missing."
    axes.set_title(note, loc="left", fontsize=8, color=_GREY)
    handles, labels = axes.get_legend_handles_labels()
    # Matplotlib lists plain lines before lines with error bars.
    order = sorted(range(len(labels)), key=lambda index: labels[index] not in curves)
    figure.legend(
        [handles[index] for index in order],
        [labels[index] for index in order],
        loc="outside lower center",
        ncols=2,
        frameon=False,
        fontsize=9,
    )
