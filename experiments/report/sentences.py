"""Sentences made from one row of the comparison: what differs, how much, and how sure that is; never a verdict."""

from __future__ import annotations

import math

from experiments.report.catalogue import Catalogue
from experiments.report.read import Effect, Span
from experiments.wording import find_level_step, is_known

TIMES_FROM = 1.95
"""From this ratio on a change is said as "times as many"."""
IN_TEN_FROM, IN_HUNDRED_FROM, IN_THOUSAND_FROM = 0.195, 0.0095, 0.0005


def say_effect(effect: Effect | None, catalogue: Catalogue, outcome: str = "") -> str:
    """Return one sentence on an outcome, with its uncertainty.

    Args:
        effect: The row; None where the runs do not report it.
        catalogue: The language.
        outcome: Named where there is no row.
    """
    name = catalogue.outcome(effect.outcome if effect else outcome)
    if effect is None or not is_known(effect.baseline, effect.variant):
        return catalogue.say("effect.unknown", name=name)
    said = _say_known(effect, catalogue, name)
    return f"{said} {catalogue.say('effect.few')}" if effect.few and effect.happens else said


def _say_known(effect: Effect, catalogue: Catalogue, name: str) -> str:
    if not effect.happens:
        return catalogue.say("effect.none", name=name)
    baseline, variant = say_levels(effect, catalogue)
    levels = {"name": name, "baseline": baseline, "variant": variant}
    difference = effect.difference
    if not is_known(difference.low, difference.high):
        return catalogue.say("effect.no_interval", **levels)
    if difference == Span(0.0, 0.0, 0.0):
        return catalogue.count("effect.same", effect.draws, name=name, variant=variant)
    if effect.baseline == 0 or effect.variant == 0:
        key = "effect.from_zero" if effect.baseline == 0 else "effect.to_zero"
        said = catalogue.change(*difference, whole=effect.whole)
        return catalogue.say(key, low=said.low, high=said.high, **levels)
    low, high = say_ends(effect, catalogue)
    if effect.direction == 0:
        return catalogue.say("effect.unclear", low=low, high=high, **levels)
    size = catalogue.say("size.about", size=say_size(effect.ratio.value, catalogue))
    key = f"effect.clear.{effect.outcome}"
    key = key if key in catalogue.messages else "effect.clear"
    sentence = catalogue.say(key, size=size, low=low, high=high, **levels)
    return sentence[:1].upper() + sentence[1:]


def say_levels(effect: Effect, catalogue: Catalogue) -> tuple[str, str]:
    """Return baseline and variant, rounded alike; finer where they would read the same and are not."""
    width = effect.difference.high - effect.difference.low
    values = [effect.baseline, effect.variant]
    step = find_level_step(values, width, whole=effect.whole)
    for finer in (step, *(find_level_step(values, whole=effect.whole) / part for part in (1, 10, 100))):
        step = max(finer, 1.0) if effect.whole else finer
        left, right = (catalogue.number(value, step) for value in values)
        if left != right or effect.baseline == effect.variant:
            break
    return left, right


def say_ends(effect: Effect, catalogue: Catalogue) -> tuple[str, str]:
    """Return the ends of the interval: as shares of the baseline, or in numbers where there is no such share."""
    low, high = effect.ratio.low, effect.ratio.high
    if is_known(low, high):
        parts = {find_parts(low), find_parts(high)}
        alike = max(parts) if max(parts) <= 10 * min(parts) else None  # "20 in 100", beside "15 in 100"
        return say_size(low, catalogue, alike), say_size(high, catalogue, alike)
    said = catalogue.change(*effect.difference, whole=effect.whole)
    return said.low, said.high


def find_parts(ratio: float) -> int:
    """Return of how many a change is said: 10, 100 or 1,000, so that one or two digits are left."""
    share = abs(ratio - 1.0)
    parts = 10 if share >= IN_TEN_FROM else 100 if share >= IN_HUNDRED_FROM else 1000
    if share > 0.945 and ratio < 1:  # "10 in 10 fewer" would say that none is left
        return 100 if share < 0.995 else 1000
    return parts


def say_size(ratio: float, catalogue: Catalogue, parts: int | None = None) -> str:
    """Return a ratio to the baseline as "3 in 10 more", "2 in 100 fewer", "2.4 times as many".

    Args:
        ratio: Variant over baseline.
        catalogue: The language.
        parts: Of how many; None: as ``find_parts`` says.
    """
    if ratio >= TIMES_FROM:
        return catalogue.say("size.times", n=catalogue.number(ratio, 0.1 if ratio < 10 else 1.0))
    share, way = abs(ratio - 1.0), "more" if ratio > 1 else "fewer"
    if share == 0 or not math.isfinite(ratio):
        return catalogue.say("size.none")
    if share < IN_THOUSAND_FROM:
        return catalogue.say(f"size.tiny.{way}")
    parts = parts or find_parts(ratio)
    n = round(share * parts)
    n = min(n, parts - 1) if way == "fewer" else n
    return catalogue.say(f"size.share.{way}", n=catalogue.number(n), parts=catalogue.number(parts))
