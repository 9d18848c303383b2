"""From a fit file to everything that it names, or to every problem in it at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration.fit.models import FitDocument
from calibration.observation.load import load_observation
from calibration.observation.model import DeclaredModel, build_model
from calibration.observation.select import select_cells
from calibration.readers.read import load_observed
from calibration.space import Space, Yearly, build_space
from calibration.table import KEY, ObservedTable
from simulation.errors import Problem, ScenarioError
from simulation.spec.documents import in_order, locate, read_document
from simulation.spec.findings import error
from simulation.spec.load import load_with_warnings
from simulation.spec.models import Scenario
from simulation.spec.yaml_tree import Node
from simulation.world.factors import DesignError

EXAMPLE = "a fit has the keys fit, title, scenario, observation, until and scale: see docs/calibration.md"


@dataclass(frozen=True)
class LoadedFit:
    """A fit file with all that it names.

    Attributes:
        document: The file as written.
        scenario: The scenario over its whole period.
        observation: What was observed, and how.
        space: What is fitted.
        observed: The observed tables, joined.
        warnings: What to look at in scenario and tables.
        digest: Of fit, observation file, observed cells and scenario.
    """

    document: FitDocument
    scenario: Scenario
    observation: DeclaredModel
    space: Space
    observed: ObservedTable
    warnings: tuple[Problem, ...]
    digest: str
    observation_document: dict[str, Any]
    """The observation file, as its own models dump it."""

    @property
    def fitted_scenario(self) -> Scenario:
        """The scenario up to the last day that is fitted."""
        return shorten(self.scenario, self.document.until)


def load_fit(path: str | Path, extra: Sequence[Path] = ()) -> LoadedFit:
    """Load and check a fit file with scenario, observation model and observed tables.

    Args:
        path: The file.
        extra: More files of observed numbers, or folders of observed series.

    Raises:
        ScenarioError: Every problem found, each with file, line, key and, where one can be given, a hint.
    """
    file = Path(path)
    document, tree = read_document(file, FitDocument, "fit", EXAMPLE)
    problems = list(_check_paths(document, tree))
    if not document.observed and not extra:
        problems.append(
            _say(tree, ("observed",), "nothing was observed", "name a table, or give one with --observed")
        )
    if problems:
        raise ScenarioError(in_order(problems, file))
    scenario, warnings = load_with_warnings(file.parent / document.scenario)
    problems += _check_period(document, tree, scenario)
    if problems:
        raise ScenarioError(in_order(problems, file))
    observed = read_observed([file.parent / name for name in document.observed], extra)
    known = observed.until(document.until)
    declared = load_observation(file.parent / document.observation, scenario)
    selected = select_cells(declared, known.rows)
    if not len(selected.cells):
        hint = "`until` may be too early, or `select` in the observation file fits no row"
        raise ScenarioError([_say(tree, ("observed",), "holds no number of any series", hint)])
    observation = build_model(declared, selected, scenario)
    if not document.runs.replicates and not np.isnan(observation.asked).all():
        hint = "the luck of a share is not that of a count: take 12, or leave the key out"
        raise ScenarioError([_say(tree, ("runs", "replicates"), "0, and there are series of shares", hint)])
    space = _find_space(document, tree, scenario)
    digest = _digest(document, scenario, (file.parent / document.observation).read_bytes(), observation)
    told = declared.document.model_dump(mode="json", by_alias=True)
    return LoadedFit(document, scenario, observation, space, observed, tuple(warnings), digest, told)


def read_observed(files: Iterable[Path], extra: Iterable[Path] = ()) -> ObservedTable:
    """Return files of observed numbers, or folders of observed series, as one table.

    A row that several have under the same name (``calibration.table.KEY``) is taken from the first.
    """
    tables = [load_observed(one) for one in (*files, *extra)]
    rows = pd.concat([table.rows for table in tables], ignore_index=True)
    return ObservedTable(rows.drop_duplicates(list(KEY)).reset_index(drop=True))


def shorten(scenario: Scenario, last: date) -> Scenario:
    """Return a scenario that ends on a day, or as it is where it ends before."""
    period = scenario.document.period
    shorter = period.model_copy(
        update={"end": min(period.end, last), "departures_end": min(period.departures_end, last)}
    )
    return scenario.model_copy(update={"document": scenario.document.model_copy(update={"period": shorter})})


def _check_paths(document: FitDocument, tree: Node) -> Iterator[Problem]:
    named: list[tuple[tuple[str | int, ...], str]] = [
        (("scenario",), document.scenario),
        (("observation",), document.observation),
    ]
    named += [(("observed", i), name) for i, name in enumerate(document.observed)]
    for where, name in named:
        if Path(name).is_absolute():
            yield _say(tree, where, f"{name} is not a relative path", "the path is relative to this file")
        elif not (tree.file.parent / name).is_file():
            yield _say(tree, where, f"{name} does not exist", "the path is relative to this file")


def _check_period(document: FitDocument, tree: Node, scenario: Scenario) -> Iterator[Problem]:
    period = scenario.document.period
    if not period.start < document.until <= period.end:
        message = f"{document.until} is outside the scenario's period, {period.start} to {period.end}"
        yield _say(tree, ("until",), message)


def _find_space(document: FitDocument, tree: Node, scenario: Scenario) -> Space:
    yearly = {label: Yearly(one.streams, one.correlation) for label, one in document.yearly.items()}
    try:
        found = build_space(scenario, document.until.year, document.factors, document.groups, yearly)
    except DesignError as wrong:
        problems = [_say(tree, p.where, p.message, p.hint) for p in wrong.problems]
        raise ScenarioError(in_order(problems, tree.file)) from None
    told = [name for names in found.members for name in names if name.startswith("observation:")]
    if told:
        message = f"{told[0]} is how much is recorded, not what happens"
        raise ScenarioError([_say(tree, ("factors",), message, "the observation file has its prior")])
    return found


def _say(tree: Node, where: Sequence[str | int], message: str, hint: str = "") -> Problem:
    return locate(error(tuple(where), message, hint), tree)


def _digest(document: FitDocument, scenario: Scenario, observation: bytes, model: DeclaredModel) -> str:
    cells = model.cells
    digest = hashlib.sha256(document.model_dump_json().encode() + b"\0" + observation + b"\0")
    digest.update(scenario.model_dump_json().encode())
    for column in (cells.series_of, cells.start, cells.end, cells.observed):
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()
