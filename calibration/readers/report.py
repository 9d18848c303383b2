"""What reading a file found: problems that stop, what was dropped and why, what a person should look at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from calibration.table import ObservedTable
from simulation.errors import Problem, ScenarioError, printable

MOST_PROBLEMS = 25
"""A file in the wrong units is wrong on every line: enough of them say what to do."""


@dataclass
class Findings:
    """Collects while a file is read. No text in it says a number of people: files are of people.

    Attributes:
        file: The file that is read.
        problems: What makes the file unusable.
        dropped: Reason to lines that were left out.
        looks: What a person should look at to the lines it is about; no lines: the whole file.
        notes: How the file was understood.
    """

    file: Path
    problems: list[Problem] = field(default_factory=list)
    dropped: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    looks: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the file without its ending, as a source of rows."""
        return " ".join(printable(self.file.stem).split()) or "file"

    def problem(self, message: str, hint: str = "", *, line: int | None = None, column: str = "") -> None:
        """Keep one thing that makes the file unusable."""
        self.problems.append(Problem(self.file, line, column, message, hint))

    def fail(
        self, message: str, hint: str = "", *, line: int | None = None, column: str = ""
    ) -> ScenarioError:
        """Keep one thing and return the error of all of them, to be raised where nothing more can be read."""
        self.problem(message, hint, line=line, column=column)
        return self._error()

    def drop(self, reason: str, line: int) -> None:
        """Keep that a line was left out."""
        self.dropped[reason].append(line)

    def look(self, message: str, *lines: int) -> None:
        """Keep something that a person should look at."""
        self.looks[message] += lines

    def note(self, message: str) -> None:
        """Keep how the file was understood, once."""
        if message not in self.notes:
            self.notes.append(message)

    def raise_problems(self) -> None:
        """Stop if there are problems.

        Raises:
            ScenarioError: There are; at most ``MOST_PROBLEMS`` of them and a word about the rest.
        """
        if self.problems:
            raise self._error()

    def _error(self) -> ScenarioError:
        if len(self.problems) <= MOST_PROBLEMS:
            return ScenarioError(self.problems)
        rest = Problem(self.file, None, "", f"has more problems; the first {MOST_PROBLEMS} are listed")
        return ScenarioError([*self.problems[:MOST_PROBLEMS], rest])


class ColumnUse(NamedTuple):
    """A column of the file and what it was taken for; None: not recognised, or not needed."""

    header: str
    meaning: str | None


@dataclass(frozen=True)
class Reading:
    """A file that was read.

    Attributes:
        file: The file.
        format: What it was recognised as.
        columns: Its columns, with what each was taken for.
        n_lines: Lines of data in it.
        table: What it says.
        findings: What was dropped, and what to look at.
        rounds: Rounds in it, in order.
    """

    file: Path
    format: str
    columns: tuple[ColumnUse, ...]
    n_lines: int
    table: ObservedTable
    findings: Findings
    rounds: tuple[str, ...] = ()


def say_lines(lines: list[int]) -> str:
    """Return line numbers in few words: ``line 3``, ``lines 3, 5-7``, the first ones where there are many."""
    runs: list[list[int]] = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    said = [str(a) if a == b else f"{a}-{b}" for a, b in runs]
    more = f" and {len(runs) - 8} more stretches" if len(said) > 8 else ""
    return f"{'line' if len(set(lines)) == 1 else 'lines'} {', '.join(said[:8])}{more}"
