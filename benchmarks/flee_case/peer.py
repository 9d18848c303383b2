"""Flee, from the package registry, on a case in its own format: the loop that its run script prescribes.

Usage: python -m benchmarks.flee_case.peer FOLDER [--seed N] [--hasten H] [--days D] [--series]
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import random
import tempfile
import time
from pathlib import Path

import numpy as np
from flee import InputGeography, flee, spawning
from flee.datamanager import handle_refugee_data

from benchmarks.measured import tell

# The settings file that the package is shipped with (commit 02cd2cb), keys that matter here.
SHIPPED = """
log_levels: {{agent: 0, link: 0, camp: 0, conflict: 0, init: 0, granularity: location}}
spawn_rules: {{take_from_population: False, insert_day0: True}}
move_rules:
  max_move_speed: 360.0
  max_walk_speed: 35.0
  foreign_weight: 1.0
  camp_weight: 1.0
  conflict_weight: 0.25
  conflict_movechance: 1.0
  camp_movechance: 0.001
  default_movechance: 0.3
  awareness_level: 1
  capacity_scaling: 1.0
  avoid_short_stints: False
  start_on_foot: False
  weight_power: 1.0
optimisations: {{hasten: {hasten}}}
"""


def _period(folder: Path) -> tuple[str, int]:
    with (folder / "sim_period.csv").open(encoding="utf-8") as file:
        words = {row[0].lower(): row[1] for row in csv.reader(file) if len(row) > 1}
    return words["startdate"], int(words["length"])


def run(folder: Path, seed: int, hasten: int, days: int | None) -> dict[str, object]:
    """Run the case and return people in camps by day, people by day, and processor seconds of the days alone."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (the generator that Flee draws from)
    given, validation = folder / "input", folder / "validation"
    start, length = _period(given)
    length = length if days is None else min(days, length)
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write(SHIPPED.format(hasten=hasten))
        file.flush()
        flee.SimulationSettings.ReadFromYML(file.name)
    flee.SimulationSettings.ConflictInputFile = str(given / "conflicts.csv")
    model, geography = flee.Ecosystem(), InputGeography.InputGeography()
    geography.ReadConflictInputCSV(str(given / "conflicts.csv"))
    geography.ReadLocationsFromCSV(str(given / "locations.csv"))
    geography.ReadLinksFromCSV(str(given / "routes.csv"))
    geography.ReadClosuresFromCSV(str(given / "closures.csv"))
    model, places = geography.StoreInputGeographyInEcosystem(model)
    data = handle_refugee_data.RefugeeTable(
        csvformat="generic", data_directory=str(validation), start_date=start, data_layout="data_layout.csv",
        population_scaledown_factor=hasten,
    )  # fmt: skip
    data.ReadL1Corrections(str(given / "registration_corrections.csv"))
    camps = model.get_camp_names()
    for name in camps:
        spawning.add_initial_refugees(model, data, places[name])
    inside, everybody, seconds = [], [], 0.0
    for t in range(length):
        begin = time.process_time()
        geography.AddNewConflictZones(model, t)
        spawning.spawn_daily_displaced(model, t, data, SumFromCamps=True)
        spawning.refresh_spawn_weights(model)
        model.enact_border_closures(t)
        model.evolve()
        seconds += time.process_time() - begin
        inside.append([places[name].numAgents for name in camps])
        everybody.append(model.numAgents())
    return {"camps": camps, "inside": inside, "people": everybody, "seconds": seconds}


def main() -> None:
    """Run and tell."""
    parser = argparse.ArgumentParser(description="Flee on a Flee case.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hasten", type=int, default=1, help="people to an agent")
    parser.add_argument("--days", type=int)
    parser.add_argument("--series", action="store_true", help="tell people in camps by day too")
    of = parser.parse_args()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        found = run(of.folder, of.seed, of.hasten, of.days)
    person_days = sum(found["people"])  # type: ignore[arg-type]
    told = {"seconds": found["seconds"], "person_days": int(person_days)}
    tell(told | ({"camps": found["camps"], "inside": found["inside"]} if of.series else {}))


if __name__ == "__main__":
    main()
