"""The bar of long work: drawn on a terminal, a line every half minute in a log file, nothing there for short work."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TextIO

if TYPE_CHECKING:
    from tqdm import tqdm

    from experiments.execution.execute import State, Watch

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
        file=_Lines(sys.stderr),
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


@contextmanager
def show_progress() -> Iterator[Watch]:
    """Show a bar of runs, with rate and time left; runs that were kept from before do not count for the rate."""
    with progress_bar("runs", "run") as bar:

        def show(state: State) -> None:
            bar.total = state.total
            bar.initial = state.earlier
            done = state.finished + state.failed
            if state.failed:
                bar.set_description_str(f"runs ({state.failed} failed)", refresh=False)
            bar.update(max(done - bar.n, 0))

        yield show


class _Lines:
    """A file in which every state of a bar is a line of its own, where a terminal would write over the last."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write what is no return of the carriage, if there is any, and end the line."""
        line = text.strip()
        if line:
            self._file.write(f"{line}\n")
        return len(text)

    def flush(self) -> None:
        self._file.flush()
