"""Units as an author writes them ("90 days", "100 persons/month"), turned into the model's own."""

from __future__ import annotations

import math
import re

DAYS_PER_MONTH = 365.25 / 12
DAYS_PER_YEAR = 365.25

# Model unit -> accepted spellings -> factor to the model unit.
UNITS: dict[str, dict[str, float]] = {
    "day": {
        "day": 1.0,
        "days": 1.0,
        "week": 7.0,
        "weeks": 7.0,
        "month": DAYS_PER_MONTH,
        "months": DAYS_PER_MONTH,
    },
    "persons/day": {
        "persons/day": 1.0,
        "persons/week": 1 / 7,
        "persons/month": 1 / DAYS_PER_MONTH,
        "persons/year": 1 / DAYS_PER_YEAR,
    },
}

_QUANTITY = re.compile(
    r"^\s*(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?P<unit>[A-Za-z/]+)\s*$"
)


def parse_quantity(text: object, unit: str) -> float:
    """Return a quantity such as ``"90 days"`` in the model unit ``unit``.

    Args:
        text: What the author wrote: a number, then a unit.
        unit: The model unit wanted, a key of ``UNITS``.

    Raises:
        ValueError: No unit, an unknown unit, or a negative or non-finite number. The message names what is
            accepted.
    """
    accepted = ", ".join(UNITS[unit])
    match = _QUANTITY.match(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"needs a number and a unit, one of: {accepted}; got {text!r}")
    factor = UNITS[unit].get(match["unit"])
    if factor is None:
        raise ValueError(f"unit {match['unit']!r} does not fit here; use one of: {accepted}")
    value = float(match["number"]) * factor
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"must be a finite number of at least 0; got {text!r}")
    return value
