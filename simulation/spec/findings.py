"""What a check has to say about a scenario, addressed so that the file and line can be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on a scenario.

    Attributes:
        severity: An error makes the scenario unusable; a warning is something to look at. where:
        ``("document", key, ...)``, or ``(table, row, column)`` with the row's index; shorter for the whole.
        message: Plain words. hint: What would be right; may be empty. refers_to: Tables, separated by
        spaces, whose rows the remark relies on, or the key ``period``; it means nothing if one of them is
        broken.
    """

    severity: Literal["error", "warning"]
    where: Where
    message: str
    hint: str = ""
    refers_to: str = ""


def error(where: Where, message: str, hint: str = "", refers_to: str = "") -> Finding:
    """Return a finding that makes the scenario unusable."""
    return Finding("error", where, message, hint, refers_to)


def warning(where: Where, message: str, hint: str = "", refers_to: str = "") -> Finding:
    """Return a finding to look at."""
    return Finding("warning", where, message, hint, refers_to)
