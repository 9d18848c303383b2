"""Sentences made from one row of the comparison: what differs, how much, and how sure that is; never a verdict."""

from __future__ import annotations

from experiments.report.catalogue import Catalogue
from experiments.report.read import Effect
from experiments.wording import find_level_step, is_known

TIMES_FROM = 1.95
"""From this ratio on a change is said as "times as many"."""
MOST_TIMES = 100.0
"""Beyond this ratio it is "more than 100 times as many"."""
IN_TEN_FROM, IN_HUNDRED_FROM = 0.195, 0.0095
"""Shares of the baseline from which a change is said in tenths, and in hundredths."""


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
    if not is_known(effect.difference.low, effect.difference.high):
        return catalogue.say("effect.no_interval", **levels)
    if effect.difference == (0.0, 0.0, 0.0):
        return catalogue.count("effect.same", effect.draws, name=name, variant=variant)
    likely = say_likely(effect, catalogue)
    if effect.baseline == 0 or effect.variant == 0:
        key = "effect.from_zero" if effect.baseline == 0 else "effect.to_zero"
        return catalogue.say(key, likely=likely, **levels)
    if effect.direction == 0:
        on_one_side = effect.difference.low > 0 or effect.difference.high < 0
        key = "effect.unconfirmed" if on_one_side else "effect.unclear"
        return catalogue.say(key, likely=likely, **levels)
    key = f"effect.clear.{effect.outcome}"
    key = key if key in catalogue.messages else "effect.clear"
    sentence = catalogue.say(key, size=say_about(effect.ratio.value, catalogue), likely=likely, **levels)
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


def say_likely(effect: Effect, catalogue: Catalogue) -> str:
    """Return the interval: as shares of the baseline, or in numbers where these are unknown, tiny or alike."""
    low, high = effect.ratio.low, effect.ratio.high
    known = is_known(low, high) and effect.baseline > 0 and effect.variant > 0
    if known and all(abs(end - 1.0) >= IN_HUNDRED_FROM for end in (low, high)):
        for parts in (max(find_parts(low), find_parts(high)), 100):  # "20 in 100", beside "15 in 100"
            ends = say_size(low, catalogue, parts), say_size(high, catalogue, parts)
            if ends[0] != ends[1]:
                return catalogue.say("likely.share", low=ends[0], high=ends[1])
    said = catalogue.change(*effect.difference, whole=effect.whole)
    return catalogue.say("likely.number", low=said.low, high=said.high)


def say_about(ratio: float, catalogue: Catalogue) -> str:
    """Return a ratio to the baseline as "about 3 in 10 more", or as less than 1 in 100."""
    if abs(ratio - 1.0) < IN_HUNDRED_FROM:
        return catalogue.say(f"size.tiny.{'more' if ratio > 1 else 'fewer'}")
    return catalogue.say("size.about", size=say_size(ratio, catalogue))


def find_parts(ratio: float) -> int:
    """Return of how many a change is said: 10 or 100, so that one or two digits are left.

    Never of 1,000: "4 in 1,000 more people die per 1,000 journeys" would be read as 4 people.
    """
    share = abs(ratio - 1.0)
    return 10 if share >= IN_TEN_FROM and (ratio > 1 or share <= 0.945) else 100


def say_size(ratio: float, catalogue: Catalogue, parts: int | None = None) -> str:
    """Return a ratio to the baseline as "3 in 10 more", "2 in 100 fewer", "2.4 times as many".

    Args:
        ratio: Variant over baseline.
        catalogue: The language.
        parts: Of how many; None: as ``find_parts`` says.
    """
    if ratio > MOST_TIMES:
        return catalogue.say("size.many", n=catalogue.number(MOST_TIMES))
    if ratio >= TIMES_FROM:
        return catalogue.say("size.times", n=catalogue.number(ratio, 0.1 if ratio < 10 else 1.0))
    parts = parts or find_parts(ratio)
    n = round(abs(ratio - 1.0) * parts)
    if ratio < 1:
        return catalogue.say(
            "size.share.fewer", n=catalogue.number(min(n, parts - 1)), parts=catalogue.number(parts)
        )
    return catalogue.say("size.share.more", n=catalogue.number(n), parts=catalogue.number(parts))
