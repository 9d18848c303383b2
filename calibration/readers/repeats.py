"""Lines about the same: a repeated round or record is left out, one that differs is a problem, sums are said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from calibration.readers.grid import Cell
from calibration.readers.header import PEOPLE, Records
from calibration.readers.report import Findings


def drop_repeated(records: Records, findings: Findings, *, may_repeat: bool) -> Records:
    """Return the records with each of them once.

    A number of a record may stand once. Without such numbers, or where ``may_repeat`` is false, so may all that
    describes a line: two lines that agree in it are one line written twice, or contradict each other.

    Args:
        records: What to look through.
        findings: Where to say what was left out, and what contradicts itself.
        may_repeat: Whether two lines can agree in everything and still be two: groups seen at a point on one day.
    """
    keep = _keep_first_of_number(records, findings)
    records = records.keep(keep)
    people = [at for at, role in enumerate(records.roles) if role in PEOPLE]
    others = [at for at, role in enumerate(records.roles) if role not in PEOPLE and role != "id"]
    seen: dict[tuple[Cell, ...], tuple[list[Cell], int]] = {}
    wanted = []
    has_numbers = "id" in records.roles
    for line in records.lines:
        key, counts = tuple(line.cells[at] for at in others), [line.cells[at] for at in people]
        again = seen.setdefault(key, (counts, line.number))
        is_new = again[1] == line.number
        if not is_new and may_repeat:
            if again[0] == counts and not has_numbers:
                findings.look("equal to an earlier line; counted as another group of that day", line.number)
            is_new = True
        elif not is_new and again[0] == counts:
            findings.drop("repeats an earlier line", line.number)
        elif not is_new:
            message = "is about the same as an earlier line, and the numbers differ: which is right?"
            findings.problem(message, f"first on line {again[1]}; delete one of the two", line=line.number)
        wanted.append(is_new)
    return records.keep(wanted)


def _keep_first_of_number(records: Records, findings: Findings) -> list[bool]:
    """Return which lines are the first with the number of their record."""
    seen: dict[str, tuple[list[Cell], int]] = {}
    keep = []
    for name, line in zip(records.texts("id"), records.lines, strict=True):
        first = seen.setdefault(name, (line.cells, line.number)) if name else (line.cells, line.number)
        again = first[1] != line.number
        if again and first[0] == line.cells:
            findings.drop("repeats an earlier record", line.number)
        elif again:
            message = f"record {name[:40]} is there twice and differs"
            findings.problem(
                message, f"first on line {first[1]}", line=line.number, column=records.title("id")
            )
        keep.append(not again)
    return keep


def look_for_sums(records: Records, keys: Sequence[Hashable], findings: Findings) -> None:
    """Say in which columns lines differ that are added up although nobody knows what those columns mean.

    Args:
        records: The lines.
        keys: (n_lines,) what each line is counted as; equal ones are added up.
        findings: Where to say it.
    """
    together: dict[Hashable, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        together[key].append(at)
    unknown = [at for at, role in enumerate(records.roles) if role is None]
    differing = [
        column
        for column in unknown
        if any(len({records.lines[at].cells[column] for at in ats}) > 1 for ats in together.values())
    ]
    if differing:
        named = ", ".join(records.header[column] or "(no header)" for column in differing)
        findings.look(
            f"lines of the same place and time are added up, and they differ in: {named}; is that meant?"
        )
