"""The bar of long work: drawn on a terminal, a line every half minute in a log file, nothing there for short work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tqdm import tqdm

_BAR = "{desc} {n_fmt}/{total_fmt} |{bar}| {rate_fmt}, {elapsed} so far, {remaining} left"
_LINE_EVERY = 30.0
"""Seconds between lines where nobody watches: a job of a day makes a log of some thousand lines."""


def progress_bar(desc: str, unit: str, total: int | None = None) -> tqdm[NoReturn]:
    """Return a bar that counts work done, to be used in a ``with`` block.

    Args:
        desc: What is counted ("runs").
        unit: One of it ("run").
        total: How many there will be; may be set later.
    """
    from tqdm import tqdm as bar  # noqa: PLC0415

    if sys.stderr.isatty():
        return bar(desc=desc, unit=unit, total=total, bar_format=_BAR, smoothing=0.1)
    return bar(
        desc=desc,
        unit=unit,
        total=total,
        bar_format=_BAR,
        ncols=100,
        delay=_LINE_EVERY,
        mininterval=_LINE_EVERY,
        maxinterval=_LINE_EVERY,
        smoothing=0.1,
    )
