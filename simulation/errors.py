"""Errors that a person can act on: which file, which line, which key, what is wrong, what would be right."""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from pathlib import Path


def printable(text: str) -> str:
    """Return text on one line and without control characters: what a file says must not steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = _BRIEF.maxlong = 80
_BRIEF.maxlevel = 2


def shown(value: object) -> str:
    """Return a value as a message quotes it: its repr, cut to about 80 characters however large or nested it is."""
    text = _BRIEF.repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one input file.

    Attributes:
        file: The file that the person must edit.
        line: 1-based line, or None where the whole file is at fault.
        key: Dotted key (YAML) or column name (CSV); empty where none applies.
        message: What is wrong, in plain words.
        hint: What would be right; may be empty.
    """

    file: Path
    line: int | None
    key: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the problem as one printable line: ``file:line: key: message (hint)``."""
        place = str(self.file) if self.line is None else f"{self.file}:{self.line}"
        key = f" {self.key}:" if self.key else ""
        hint = f" ({self.hint})" if self.hint else ""
        return printable(f"{place}:{key} {self.message}{hint}")


class SafePassageError(Exception):
    """Base of every error that is the input's fault: the command line prints it and exits with 2."""


class ScenarioError(SafePassageError):
    """One or more problems in a scenario or its tables; all of them, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class ResultError(SafePassageError):
    """A run or experiment folder cannot be written, read or repeated."""
