"""A Flee case, an input folder with its validation folder and settings, becomes a displacement scenario of ours."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from simulation.displacement.case import MOST_DAYS, YEARS, DisplacementCase, Spawning
from simulation.errors import Problem, ScenarioError
from simulation.importers.flee_conflicts import conflict_spells, read_conflicts
from simulation.importers.flee_observed import read_corrections, read_observed
from simulation.importers.flee_places import read_closures, read_places, read_roads
from simulation.importers.flee_settings import read_settings
from simulation.spec.csv_rows import Findings, Row, date_of, number_of, read_rows
from simulation.spec.explain import explain

INPUTS = ("input", "input_csv")
VALIDATIONS = ("validation", "source_data")
SETTINGS = ("simsetting.yml", "simsettings.yml")
_USED = {
    "locations.csv", "routes.csv", "closures.csv", "conflicts.csv", "sim_period.csv", "conflict_period.csv",
    "registration_corrections.csv",
}  # fmt: skip


def read_flee_case(
    folder: Path, *, validation: Path | None = None, settings: Path | None = None
) -> DisplacementCase:
    """Read a Flee case as it is; what the model does not use is kept, or named in ``not_mapped``.

    Args:
        folder: A case with ``input`` (or ``input_csv``) and ``validation`` (or ``source_data``) below it, or an input
            folder itself.
        validation: Folder of data_layout.csv, where it lies elsewhere.
        settings: simsetting.yml, where it lies elsewhere; without one Flee's own defaults hold.

    Raises:
        ScenarioError: With every problem found, each with its file, line and what would be right.
    """
    given = _folder_of(folder, INPUTS, "locations.csv", "an input folder of Flee")
    observed_in = validation or _folder_of(
        folder, VALIDATIONS, "data_layout.csv", "a validation folder (--validation)"
    )
    found = Findings()
    places = read_places(given / "locations.csv", found)
    if not places:
        found.raise_if_any()  # the rest would repeat it
    names = {p.name for p in places}
    start, days = _period(given, found)
    roads = read_roads(given / "routes.csv", names, found)
    closures = read_closures(given / "closures.csv", places, found)
    conflicts = given / "conflicts.csv"
    columns = read_conflicts(conflicts, days, names, found) if conflicts.is_file() else {}
    if not conflicts.is_file():
        found.note("conflicts.csv is not there: conflict_date of locations.csv decides")
    spells = conflict_spells(places, columns, days, found)
    camps = tuple(p.name for p in places if p.is_camp)
    observed = read_observed(observed_in, camps, found)
    corrections_file = given / "registration_corrections.csv"
    corrections = (
        read_corrections(corrections_file, observed, start, found) if corrections_file.is_file() else ()
    )
    settings = settings or _settings_of(folder, given)
    spawning = read_settings(settings, found) if settings else Spawning()
    if spawning.mode == "totals" and not spells:
        found.wrong(
            conflicts,
            None,
            "",
            "has no day of conflict",
            "people start in zones of conflict: one intensity > 0",
        )
    if not camps:
        found.wrong(
            given / "locations.csv", None, "location_type", "no location is a camp", "at least one camp"
        )
    _remark_on_other_files(given, found)
    found.raise_if_any()
    try:
        return DisplacementCase(
        name=folder.resolve().name, start=start, days=days, places=places, roads=roads, conflicts=spells,
        closures=closures, observed=observed, corrections=corrections, spawning=spawning,
        not_mapped=tuple(found.remarks),
        )  # fmt: skip
    except ValidationError as error:  # what only the whole case shows
        raise ScenarioError([Problem(folder, None, "", *explain(e)) for e in error.errors()]) from None


def _folder_of(folder: Path, names: tuple[str, ...], file: str, what: str) -> Path:
    for candidate in (*(folder / name for name in names), folder):
        if (candidate / file).is_file():
            return candidate
    hint = f"it holds {file}, itself or in a folder {' or '.join(names)}"
    message = "is not a folder" if not folder.is_dir() else f"is not {what}"
    raise ScenarioError([Problem(folder, None, "", message, hint)])


def _settings_of(folder: Path, given: Path) -> Path | None:
    candidates = [place / name for place in (folder, given) for name in SETTINGS]
    return next((file for file in candidates if file.is_file()), None)


def _period(given: Path, found: Findings) -> tuple[date, int]:
    file = given / "sim_period.csv"
    if not file.is_file() and (given / "conflict_period.csv").is_file():
        file = given / "conflict_period.csv"
        found.note("conflict_period.csv is read as sim_period.csv, its name in older cases")
    rows = {row.cell(0).lower(): row for row in read_rows(file)[1]}
    none = Row(file, 1, ("",))
    start = date_of(rows.get("startdate", none), 1, "StartDate", found)
    length = number_of(rows.get("length", none), 1, "Length", found, low=1)
    if length is not None and (length != int(length) or length > MOST_DAYS):
        found.wrong(file, rows["length"].line, "Length", f"{length:g} is no number of days up to {MOST_DAYS}")
        length = None
    if start is not None and not YEARS[0] <= start.year <= YEARS[1] - MOST_DAYS // 365:
        hint = f"a year from {YEARS[0]} to {YEARS[1] - MOST_DAYS // 365}"
        found.wrong(file, rows["startdate"].line, "StartDate", f"{start} is too far off", hint)
    return start or date(2000, 1, 1), int(length or 1)


def _remark_on_other_files(given: Path, found: Findings) -> None:
    for file in sorted(given.iterdir()):
        if file.name.endswith("~"):
            found.remark(f"{file.name}: an editor's backup, not read")
        elif file.is_file() and file.name not in _USED and file.suffix == ".csv":
            found.remark(f"{file.name}: not used")
