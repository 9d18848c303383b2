"""The page on orders of magnitude: its table in Markdown and CSV, and a picture of the ratios."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.marked_page import renew_between
from experiments.orders_rows import FACTOR, MATCHED, Order
from experiments.pictures import BLUE, GREY, INK, PALE, VERMILLION, house_style, save

BEGIN, END = "<!-- table: written by make orders -->", "<!-- end of the table -->"
_HEAD = (
    "| indicator | period | model, true | model, as recorded (range of the recorded share) | observed (range) "
    "| ratio | within 3 |\n|---|---|---:|---:|---:|---:|---|"
)
_SHOWN = (1 / 30, 30.0)  # ratios beyond are drawn at the edge


def write_rows(orders: Sequence[Order], path: Path) -> None:
    """Write every comparison as one row of CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [_cells(order) for order in orders]
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _cells(order: Order) -> dict[str, object]:
    cells = asdict(order)
    seeds = cells.pop("seeds")
    for name in ("true", "recorded", "low", "high"):
        cells[name] = round(cells[name])
    cells |= {"seed_low": round(seeds[0]), "seed_high": round(seeds[1])}
    cells |= {"ratio": round(order.ratio, 3), "within_3": order.verdict}
    source, confidence = cells.pop("source"), cells.pop("confidence")
    return cells | {"source": source, "confidence": confidence, "counted": MATCHED[order.indicator].meaning}


def renew_page(orders: Sequence[Order], path: Path, *, scale: float, seeds: int) -> None:
    """Write the table between its two marks; all other words of the page stay as they are."""
    text = describe(orders, scale=scale, seeds=seeds)
    renew_between(path, (BEGIN, END), text, title="Orders of magnitude")


def describe(orders: Sequence[Order], *, scale: float, seeds: int) -> str:
    """Return the tables in Markdown: all years together, then single years and days."""
    core = [order for order in orders if order.is_whole and MATCHED[order.indicator].is_core]
    more = [order for order in orders if order.is_whole and not MATCHED[order.indicator].is_core]
    within = sum(order.verdict == "yes" for order in core)
    said = (
        f"1 person in {1 / scale:g} simulated, mean of {seeds} seed{'s' if seeds > 1 else ''}; values of the tables as "
        f"they stand. **{within} of {len(core)} orders are within a factor of {FACTOR:g} over all their years.**"
    )
    parts = [
        "",
        said,
        "",
        "All years together (a stock: the mean of its days):",
        "",
        _HEAD,
        *map(_line, core),
    ]
    parts += ["", "Held against the same way, to see what is behind them:", "", _HEAD, *map(_line, more)]
    parts += [
        "",
        "Single years and days:",
        "",
        _HEAD,
        *(_line(order) for order in orders if not order.is_whole),
        "",
    ]
    return "\n".join(parts)


def _line(order: Order) -> str:
    title = MATCHED[order.indicator].title
    verdict = order.verdict if order.verdict == "yes" else f"**{order.verdict}**"
    recorded = f"{_round(order.recorded)}" + (
        f" ({_round(order.low)} to {_round(order.high)})" if order.low < order.high else ""
    )
    observed = f"{_round(order.observed)}" + (
        f" ({_round(order.observed_low)} to {_round(order.observed_high)})"
        if order.observed_low < order.observed_high
        else ""
    )
    return (
        f"| {title} | {say_period(order)} | {_round(order.true)} | {recorded} | {observed} | {order.ratio:.2f} "
        f"| {verdict} |"
    )


def say_period(order: Order) -> str:
    """Return the years, months or day of a comparison, short."""
    start, end = order.start, order.end
    if MATCHED[order.indicator].is_stock:
        return f"{start.year}-{end.year}" if order.is_whole else f"{end:%-d %b %Y}"
    if start.year != end.year:
        return f"{start.year}-{end.year}"
    whole_year = (start.month, end.month) == (1, 12)
    return f"{start.year}" if whole_year else f"{start:%b}-{end:%b %Y}"


def _round(people: float) -> str:
    """Return a number of people no finer than it is known: three figures."""
    digits = len(str(round(people))) - 3
    return f"{round(round(people, -digits) if digits > 0 else people):,}"


def write_chart(orders: Sequence[Order], path: Path) -> list[Path]:
    """Write the picture of all ratios as ``path``.png and its text alternative .txt, and return the paths."""
    text = "; ".join(
        f"{MATCHED[o.indicator].title} {say_period(o)}: {o.ratio:.2f}, {o.verdict}"
        for o in orders
        if o.is_whole
    )
    with house_style():
        png, svg, alternative = save(draw(orders), path, "Orders of magnitude: model over observed", text)
    svg.unlink()  # the page shows the PNG
    return [png, alternative]


def draw(orders: Sequence[Order]) -> Figure:
    """Return the picture: a line an indicator, its years small, all years together large, the factor as a band."""
    names = list(dict.fromkeys(order.indicator for order in orders))
    figure = Figure(figsize=(10.0, 0.6 * len(names) + 1.5))
    axes = figure.add_axes((0.27, 0.13, 0.70, 0.79))
    axes.axvspan(1 / FACTOR, FACTOR, color=PALE, alpha=0.55, lw=0)
    axes.axvline(1.0, color=INK, lw=0.8)
    for row, name in enumerate(names):
        own = [order for order in orders if order.indicator == name]
        years = [order for order in own if not order.is_whole]
        for k, order in enumerate(years):
            y = row + 0.36 * (k / max(len(years) - 1, 1) - 0.5) + 0.12
            _draw_one(axes, order, y, size=18.0)
        _draw_one(axes, next(order for order in own if order.is_whole), row - 0.22, size=62.0)
    axes.set(xscale="log", xlim=_SHOWN, ylim=(len(names) - 0.5, -0.6))
    axes.set_xticks([1 / 30, 0.1, 1 / 3, 1, 3, 10, 30], ["1/30", "1/10", "1/3", "1", "3", "10", "30"])
    axes.set_yticks(range(len(names)), [MATCHED[name].title for name in names])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("model as it would be recorded, over observed")
    figure.text(0.02, 0.94, "Orders of magnitude, 2014-2019", size=13, weight="bold", color=INK)
    figure.text(
        0.02, 0.02,
        "Large: all years together. Small: single years or days, in order from top to bottom. Bars: ranges of the "
        f"recorded share and of the published number. Band: a factor of {FACTOR:g}.",
        size=7.5, color=INK,
    )  # fmt: skip
    return figure


def _draw_one(axes: Axes, order: Order, y: float, *, size: float) -> None:
    least, most = _SHOWN
    x = min(max(order.ratio, least), most)
    colour = BLUE if order.verdict == "yes" else VERMILLION
    ends = (order.low / order.observed_high, order.high / order.observed_low)
    axes.plot([max(ends[0], least), min(ends[1], most)], [y, y], color=GREY, lw=1.0, zorder=1)
    marker = "o" if order.verdict == "yes" else "D"
    axes.scatter([x], [y], s=size, color=colour, marker=marker, zorder=2, clip_on=False)
