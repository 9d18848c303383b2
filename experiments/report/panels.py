"""Rows of dots and intervals: differences from the baseline, the risk ladder, and shares of an outcome by group."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup

from experiments.outcome_words import OUTCOMES
from experiments.report.catalogue import Catalogue
from experiments.report.read import Effect, Findings
from experiments.report.sentences import say_effect
from experiments.report.svg import INK, PALE, colour_of, round_down, tag
from experiments.wording import clean, is_known

LONGEST = 5.0
"""An interval is cut, with an arrow, at this multiple of the largest estimate of its panel (of a tenth of the
baseline, where that is more): a few draws may give ends that would hide everything else."""
PER_JOURNEYS = "_per_1000_journeys"
LADDER = (1.0, 10.0, 100.0, 1000.0)
STRIP = 22
"""Height of a row's picture, pixels."""
NARROWEST, LETTER = 115.0, 6.5
"""The narrowest that a row's picture is shown, and the width of a letter, pixels: marks that would meet go."""


class PanelRow(NamedTuple):
    """One line of a panel: what it is about, its picture, its numbers as text, and the sentence for it."""

    label: str
    picture: Markup
    text: str
    alt: str
    few: bool = False


class Panel(NamedTuple):
    """A small chart of rows that share an axis."""

    title: str
    note: str
    rows: list[PanelRow]
    axis: Markup
    data: pd.DataFrame


def build_panel(
    effects: Sequence[Effect], labels: Sequence[str], catalogue: Catalogue, title: str, note: str = ""
) -> Panel:
    """Return differences from the baseline, a row an effect, on one axis in the outcome's own unit."""
    domain = find_domain(effects)
    rows = []
    for effect, label in zip(effects, labels, strict=True):
        said = catalogue.change(*effect.difference, whole=effect.whole)
        text = catalogue.interval(said) if is_known(*effect.difference) else said.value
        picture = draw_strip(effect, domain)
        rows.append(PanelRow(label, picture, text, say_effect(effect, catalogue), effect.few))
    return Panel(title, note, rows, _draw_axis(domain, catalogue, effects), tabulate(effects, labels))


def tabulate(effects: Sequence[Effect], labels: Sequence[str]) -> pd.DataFrame:
    """Return the numbers of a panel as a table."""
    return pd.DataFrame(
        {
            "label": [clean(label) for label in labels],
            "arm": [effect.arm for effect in effects],
            "outcome": [effect.outcome for effect in effects],
            "baseline": [effect.baseline for effect in effects],
            "variant": [effect.variant for effect in effects],
            "difference": [effect.difference.value for effect in effects],
            "difference_low": [effect.difference.low for effect in effects],
            "difference_high": [effect.difference.high for effect in effects],
            "fewer_than_10": [effect.few for effect in effects],
        }
    )


def find_domain(effects: Sequence[Effect]) -> tuple[float, float]:
    """Return the ends of a panel's axis: 0 and all intervals, as far as they are shown."""
    sizes = [abs(e.difference.value) for e in effects if is_known(e.difference.value)]
    base = max((abs(e.baseline) for e in effects if is_known(e.baseline)), default=0.0)
    longest = LONGEST * max([*sizes, base / 10.0 / LONGEST]) or 1.0
    ends = [end for e in effects for end in e.difference if is_known(end)]
    low = max(min([0.0, *ends]), -longest)
    high = min(max([0.0, *ends]), longest)
    margin = 0.06 * (high - low or 1.0)
    return low - margin, high + margin


def draw_strip(effect: Effect, domain: tuple[float, float]) -> Markup:
    """Return one row: a line at no change, a pale bar for the interval, a dot that is hollow where it is not clear."""
    colour = colour_of(effect.direction, is_harm=OUTCOMES[effect.outcome].is_harm)
    fill = colour if effect.direction else "#FFFFFF"
    return _draw_band(
        effect.difference, domain, (colour, fill), [], data_arm=effect.arm, data_outcome=effect.outcome
    )


def draw_band(span: tuple[float, float, float], domain: tuple[float, float], meant: float) -> Markup:
    """Return one row of something that is neither good nor bad, with a dashed line where it was meant to lie."""
    lines = [
        tag(
            "line",
            x1=_at(meant, domain),
            x2=_at(meant, domain),
            y1=0,
            y2=STRIP,
            stroke=INK,
            stroke_dasharray="3 3",
        )
        for _ in range(is_known(meant))
    ]
    return _draw_band(span, domain, (INK, INK), lines)


def _draw_band(
    span: tuple[float, float, float],
    domain: tuple[float, float],
    look: tuple[str, str],
    before: list[Markup],
    **data: object,
) -> Markup:
    """Return a row; ``look`` is the colour, and the filling of the dot."""
    (value, low, high), (colour, fill) = span, look
    parts = [tag("line", x1=_at(0.0, domain), x2=_at(0.0, domain), y1=0, y2=STRIP, stroke=INK), *before]
    if is_known(low, high):
        parts += _draw_range((low, high), domain, colour)
    if is_known(value):
        parts.append(
            tag("circle", cx=_at(value, domain), cy=11, r=5, fill=fill, stroke=colour, stroke_width=2)
        )
    said = {"value": f"{value:.10g}", "low": f"{low:.10g}", "high": f"{high:.10g}"}
    said["axis"] = f"{domain[0]:.10g} {domain[1]:.10g}"
    return _draw_row(parts, **data, **{f"data_{name}": words for name, words in said.items()})


def _draw_range(ends: tuple[float, float], domain: tuple[float, float], colour: str) -> Iterator[Markup]:
    """Yield a pale bar, with an arrow at an end that lies beyond the axis."""
    left, right = (min(max(end, domain[0]), domain[1]) for end in ends)
    width = f"{_share(right, domain) - _share(left, domain):.3f}%"
    yield tag("rect", x=_at(left, domain), width=width, y=7, height=8, fill=colour, fill_opacity=0.3)
    if ends[0] < domain[0]:
        yield tag("svg", tag("path", d="M0 11l7 -5v10z", fill=colour), x="0%", overflow="visible")
    if ends[1] > domain[1]:
        yield tag("svg", tag("path", d="M0 11l-7 -5v10z", fill=colour), x="100%", overflow="visible")


def _draw_row(parts: Sequence[Markup], **data: object) -> Markup:
    """Return the picture of one row: as wide as there is room; its numbers stand beside it as text."""
    return tag("svg", *parts, class_="strip", height=STRIP, width="100%", aria_hidden="true", **data)


def _draw_axis(domain: tuple[float, float], catalogue: Catalogue, effects: Sequence[Effect]) -> Markup:
    """Return the axis below the rows: no change, and a round number to each side where there is room."""
    whole = all(effect.whole for effect in effects)
    marks = [(0.0, "0")]
    for end in domain:
        tick = round_down(end * 0.8)
        if not tick or (whole and abs(tick) < 1):
            continue
        words = catalogue.number(tick, 10.0 ** math.floor(math.log10(abs(tick))), sign=True)
        if abs(tick) / (domain[1] - domain[0]) > LETTER * (len(words) + 1) / NARROWEST:
            marks.append((tick, words))
    texts = [
        tag("text", words, x=_at(value, domain), y=14, text_anchor=_anchor(_share(value, domain)))
        for value, words in marks
    ]
    ticks = [tag("line", x1=_at(v, domain), x2=_at(v, domain), y1=0, y2=4, stroke=INK) for v, _ in marks]
    line = tag("line", x1="0%", x2="100%", y1=0, y2=0, stroke=INK)
    return tag("svg", line, *ticks, *texts, class_="axis", height=18, width="100%", aria_hidden="true")


def _anchor(share: float) -> str:
    return "start" if share < 12 else "end" if share > 88 else "middle"


def _share(value: float, domain: tuple[float, float]) -> float:
    """Return where a value lies on an axis, percent."""
    return 100.0 * (value - domain[0]) / (domain[1] - domain[0])


def _at(value: float, domain: tuple[float, float]) -> str:
    return f"{_share(value, domain):.3f}%"


# Risk ladder ---
def build_ladder(findings: Findings, harms: Sequence[str], catalogue: Catalogue) -> Panel | None:
    """Return how often each harm befalls 1,000 journeys, on a scale of powers of ten; None where nothing is known."""
    rungs = [(harm, found) for harm in harms if (found := findings.effects(harm)) and found[0].happens]
    if not rungs:
        return None
    rungs.sort(key=lambda rung: -rung[1][0].baseline)
    levels = [level for _, found in rungs for e in found for level in (e.baseline, e.variant) if level > 0]
    domain = (math.log10(min([*levels, LADDER[0]])) - 0.05, math.log10(max([*levels, LADDER[-1]])) + 0.08)
    rows = []
    for harm, found in rungs:
        variants = [effect.variant for effect in found]
        said = catalogue.levels([found[0].baseline, min(variants), max(variants)], whole=False)
        same = len(found) == 1 or said[1] == said[2]
        key = "ladder.one" if same else "ladder.many"
        text = catalogue.say(key, baseline=said[0], low=said[1], high=said[2])
        rows.append(
            PanelRow(
                catalogue.outcome(harm.removesuffix(PER_JOURNEYS)),
                _draw_rung(found, domain),
                text,
                f"{catalogue.outcome(harm)}: {text}",
                any(effect.few for effect in found),
            )
        )
    effects = [effect for _, found in rungs for effect in found]
    data = tabulate(effects, [catalogue.outcome(effect.outcome) for effect in effects])
    return Panel(
        catalogue.say("ladder.title"),
        catalogue.say("ladder.note"),
        rows,
        _draw_ladder_axis(domain, catalogue),
        data,
    )


def _draw_rung(effects: Sequence[Effect], domain: tuple[float, float]) -> Markup:
    """Return one rung: a ring for the baseline, dots for the other scenarios, a line over all of them."""
    known = [level for e in effects for level in (e.baseline, e.variant) if level > 0]
    if not known:
        return _draw_row([])
    ends = [_at(math.log10(level), domain) for level in (min(known), max(known))]
    parts = [
        tag(
            "line",
            x1=_at(math.log10(step), domain),
            x2=_at(math.log10(step), domain),
            y1=0,
            y2=STRIP,
            stroke=PALE,
        )
        for step in LADDER
        if domain[0] < math.log10(step) < domain[1]
    ]
    parts.append(tag("line", x1=ends[0], x2=ends[1], y1=11, y2=11, stroke=INK, stroke_width=2))
    parts += [
        tag("circle", cx=_at(math.log10(e.variant), domain), cy=11, r=3, fill=INK)
        for e in effects
        if e.variant > 0
    ]
    if effects[0].baseline > 0:
        x = _at(math.log10(effects[0].baseline), domain)
        parts.append(tag("circle", cx=x, cy=11, r=6, fill="none", stroke=INK, stroke_width=2))
    return _draw_row(parts)


def _draw_ladder_axis(domain: tuple[float, float], catalogue: Catalogue) -> Markup:
    parts = [tag("line", x1="0%", x2="100%", y1=0, y2=0, stroke=INK)]
    for step in LADDER:
        if domain[0] < math.log10(step) < domain[1]:
            place = _share(math.log10(step), domain)
            parts.append(tag("line", x1=f"{place:.3f}%", x2=f"{place:.3f}%", y1=0, y2=4, stroke=INK))
            parts.append(
                tag("text", catalogue.number(step), x=f"{place:.3f}%", y=14, text_anchor=_anchor(place))
            )
    return tag("svg", *parts, class_="axis", height=18, width="100%", aria_hidden="true")


# Shares of an outcome by group ---
SHARE_FILLS = ("#1F4E79", "#DCE6EF")
"""Of the group, and of the rest: far apart in lightness."""


def build_shares(
    findings: Findings, kind: str, first: str, outcomes: Sequence[str], catalogue: Catalogue
) -> Panel | None:
    """Return which part of each outcome falls on one group, in the baseline; None where the runs do not tell it."""
    names = findings.groups(kind)
    arm = findings.variants[0]
    if first not in names:
        return None
    rows, numbers = [], []
    label = catalogue.group(kind, first)
    for outcome in outcomes:
        part, whole = findings.find(arm, outcome, group=(kind, first)), findings.find(arm, outcome)
        if part is None or whole is None or not whole.baseline > 0:
            continue
        share = min(part.baseline / whole.baseline, 1.0)
        said = catalogue.percent(share)
        rows.append(
            PanelRow(
                catalogue.outcome(outcome), _draw_share(share), said,
                catalogue.say("shares.alt", outcome=catalogue.outcome(outcome), share=said, group=label),
                part.few,
            )
        )  # fmt: skip
        numbers.append((kind, first, outcome, part.baseline, whole.baseline, share, part.few))
    if not rows:
        return None
    columns = ["group_kind", "group", "outcome", "baseline_group", "baseline_all", "share", "fewer_than_10"]
    return Panel(label, "", rows, Markup(), pd.DataFrame(numbers, columns=columns))


def _draw_share(share: float) -> Markup:
    """Return a bar of 100%, the group's part dark from the start."""
    dark, light = SHARE_FILLS
    bars = [
        tag("rect", x="0%", width="100%", y=3, height=16, fill=light),
        tag("rect", x="0%", width=f"{100 * share:.3f}%", y=3, height=16, fill=dark),
    ]
    return _draw_row(bars, data_share=f"{share:.10g}")
