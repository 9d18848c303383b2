"""The front of all readers: looks what a file is, and lets the reader of that format read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from calibration.readers.api import is_json, read_response
from calibration.readers.detections import is_detections, read_detections
from calibration.readers.flow import is_flow, read_flow
from calibration.readers.folder import read_folder
from calibration.readers.grid import Sheet, read_bytes, read_sheets
from calibration.readers.header import Records, find_records, say_cell
from calibration.readers.incidents import is_incidents, read_incidents
from calibration.readers.names import NAMES, find_role
from calibration.readers.options import Options
from calibration.readers.report import Findings, Reading
from calibration.readers.stock import is_stock, read_stock
from calibration.readers.tidy import is_tidy, is_tidy_name, read_tidy_sheet
from calibration.readers.values import fold
from calibration.table import ObservedTable
from simulation.errors import ScenarioError
from simulation.spec.explain import near_name

Reader = Callable[[Sequence[Records], Findings, Options], Reading]

FORMATS: tuple[tuple[Callable[[Records], bool], Reader], ...] = (
    (is_incidents, read_incidents),
    (is_detections, read_detections),
    (is_stock, read_stock),
    (is_flow, read_flow),
)
"""What makes a sheet one of a format, and its reader; the first that fits is taken."""


def load_observed(path: Path, options: Options | None = None) -> ObservedTable:
    """Return the observed numbers of a file of any known format, or of a folder of observed series.

    Raises:
        ScenarioError: It cannot be read without doubt; every problem of it.
    """
    return read_folder(path) if path.is_dir() else read_observed(path, options).table


def read_observed(file: Path, options: Options | None = None) -> Reading:
    """Return what a file says, with what was recognised, dropped, and should be looked at.

    Raises:
        ScenarioError: It cannot be read without doubt; every problem of it.
    """
    findings = Findings(file)
    raw = read_bytes(file, findings)
    sheets = [read_response(raw, findings)] if is_json(raw) else read_sheets(raw, findings, _is_name)
    options = options or Options()
    reading = _read_sheets(_choose_sheets(sheets, findings, options), findings, options)
    findings.raise_problems()
    if not len(reading.table):
        raise _nothing_left(findings)
    return reading


def _choose_sheets(sheets: list[Sheet], findings: Findings, options: Options) -> list[Sheet]:
    chosen = [
        sheet for sheet in sheets if options.sheet is None or sheet.name.strip() == options.sheet.strip()
    ]
    if not chosen:
        raise findings.fail(
            f"has no sheet {options.sheet}", f"it has: {', '.join(sheet.name for sheet in sheets)}"
        )
    return chosen


def _read_sheets(sheets: list[Sheet], findings: Findings, options: Options) -> Reading:
    for sheet in sheets:
        if is_tidy(sheet):
            return read_tidy_sheet(sheet, findings)
    found = [records for sheet in sheets if (records := find_records(sheet, findings))]
    full = [records for records in found if records.lines]
    for fits, read in FORMATS:
        if any(fits(records) for records in full):
            used = [records.sheet for records in full if fits(records) or records.has("id", "nationality")]
            for name in [sheet.name for sheet in sheets if sheet.name not in used]:
                findings.note(f"sheet '{name}' is not read")
            several = [records.sheet for records in full if fits(records)]
            if read is not read_stock and len(several) > 1:
                more = ", ".join(f"'{name}'" for name in several[1:])
                findings.look(f"only sheet '{several[0]}' is read; {more} hold counts too (--sheet chooses)")
            return read(full, findings, options)
    if found and not full:
        raise findings.fail("has a header but no rows")
    raise _not_recognised(sheets, found, findings)


def _is_name(text: str) -> bool:
    return is_tidy_name(text) or find_role(text) is not None


def _not_recognised(sheets: list[Sheet], found: list[Records], findings: Findings) -> ScenarioError:
    """Return the error of a file that is none of the formats: which columns are known, and what is near the others."""
    findings.raise_problems()
    if found:
        header, roles = found[0].header, found[0].roles
        known = [text for text, role in zip(header, roles, strict=True) if role]
        message = f"is no format that is known; of its columns these are: {', '.join(known)}"
        hint = "needed are a day, month or round, and a number of people, with a place or route"
        return findings.fail(message, hint)
    texts = [say_cell(cell) for cell in sheets[0].lines[0].cells]
    named = [text[:40] for text in texts if any(sign.isalpha() for sign in text)]
    near = [f"{text}: {hint}" for text in named if (hint := near_name(fold(text), NAMES)).startswith("did")]
    message = "no line near the top is a header that is known"
    message += f"; the first line has: {', '.join(named[:6])}" if named else ""
    return findings.fail(message, ", ".join(near[:3]) or "docs/observed_data.md lists the names of columns")


def _nothing_left(findings: Findings) -> ScenarioError:
    reasons = "; ".join(findings.dropped) or "no line counts anybody"
    return findings.fail(f"nothing is left to read: {reasons}")
