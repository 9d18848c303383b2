"""The same people, the same luck: threads, order of rows, order of tables and repetition change nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from random_worlds import worlds
from small_worlds import changed, everybody, lived, route, same_counts, tiny

from simulation import RouteModel, crowd, phases, run
from simulation.people_view import Person
from simulation.result import TABLES, read_parquet
from simulation.spec.models import Scenario

SMALL = [pytest.param("fork", id="fork"), pytest.param("sea", id="sea")]


def world(name: str) -> tuple[Scenario, float]:
    """Return a scenario and the scale at which tests run it."""
    return (route(), 0.05) if name == "route" else (tiny(name), 1.0)


@pytest.mark.parametrize("name", ["fork", "sea", "route"])
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(name: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, scale = world(name)
    alone = lived(scenario, scale=scale, threads=1)
    monkeypatch.setattr(phases, "CHUNK", 16)  # so that every lane has many shares of the rows
    together = lived(scenario, scale=scale, threads=threads)
    assert together.recorder.tally.flow.shape[0] == threads
    assert same_counts(alone, together)
    pd.testing.assert_frame_equal(everybody(alone), everybody(together))


def shuffle_rows(model: RouteModel, seed: int) -> None:
    """Put the parties in another order before the first day; everybody is looked at from then on.

    Rows of a party stay neighbours, the head first: who is with whom is looked up that way.
    """
    party = np.cumsum(model.people.life["party_index"] == 0) - 1
    places = np.random.default_rng(seed).permutation(party.max(initial=-1) + 1)
    order = np.argsort(places[party], kind="stable")
    for column in model.people:
        column[:] = column[order]
    model.start_days[:] = model.first_day  # all rows are looked at, from the first day on
    model.crowd.n_seen = model.start_days.size


@pytest.mark.parametrize("name", ["fork", "sea", "route"])
def test_the_order_of_rows_changes_nothing(name: str) -> None:
    scenario, scale = world(name)
    straight = lived(scenario, scale=scale, threads=2)
    mixed = RouteModel(scenario, scale=scale, threads=2)
    shuffle_rows(mixed, seed=3)
    assert not np.array_equal(mixed.people.who, straight.people.who)
    while mixed.running:
        mixed.step()
    assert same_counts(straight, mixed)
    pd.testing.assert_frame_equal(everybody(straight), everybody(mixed))


@pytest.mark.parametrize("name", ["fork", "sea", "route"])
def test_rows_that_move_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, scale = world(name)
    still = lived(scenario, scale=scale, threads=2)
    assert still.crowd.n_ended == 0, "so few rows are left where they are"
    monkeypatch.setattr(crowd, "FEWEST", 0)
    moving = RouteModel(scenario, scale=scale, threads=2)
    first = list(moving.agents)[5:9]
    known = [(person, person.unique_id) for person in first if isinstance(person, Person)]
    while moving.running:
        moving.step()
    assert moving.crowd.n_ended > 0
    assert same_counts(still, moving)
    pd.testing.assert_frame_equal(everybody(still), everybody(moving))
    assert [person.unique_id for person, _ in known] == [who for _, who in known]
    statuses = {person.unique_id: person.status for person in moving.agents if isinstance(person, Person)}
    assert all(person.status == statuses[who] for person, who in known)


@settings(max_examples=35)
@given(scenario=worlds())
def test_no_random_world_depends_on_order_or_threads(scenario: Scenario) -> None:
    straight = lived(scenario, threads=1)
    mixed = RouteModel(scenario, threads=3)
    shuffle_rows(mixed, seed=5)
    while mixed.running:
        mixed.step()
    assert same_counts(straight, mixed)
    pd.testing.assert_frame_equal(everybody(straight), everybody(mixed))


@pytest.mark.parametrize("seed", [0, 1, 2**64 - 1])
def test_a_seed_repeats(seed: int) -> None:
    one, two = lived(tiny("sea"), seed=seed), lived(tiny("sea"), seed=seed)
    assert one.seed == seed
    assert same_counts(one, two)
    pd.testing.assert_frame_equal(everybody(one), everybody(two))


def test_seeds_differ() -> None:
    runs = [lived(tiny("sea"), seed=seed) for seed in (0, 1, 2)]
    censuses = [model.counts().census for model in runs]
    assert not any(np.array_equal(a, b) for i, a in enumerate(censuses) for b in censuses[:i])


def test_seed_0_of_a_scenario_is_a_seed() -> None:
    zero = changed(tiny("sea"), seed=0)
    assert same_counts(lived(zero), lived(tiny("sea"), seed=0))
    assert not same_counts(lived(zero), lived(tiny("sea")))


@pytest.mark.parametrize("name", SMALL)
def test_a_run_folder_repeats_itself(name: str, tmp_path: Path) -> None:
    first = run(tiny(name), seed=12, scale=0.5, threads=1)
    first.write(tmp_path / "first")
    again = run(tmp_path / "first", threads=2)
    again.write(tmp_path / "again")
    assert (again.seed, again.scale, again.scenario) == (12, 0.5, first.scenario)
    for table in TABLES:
        one, two = (read_parquet(tmp_path / f / f"{table}.parquet") for f in ("first", "again"))
        assert len(one) or table in {"money", "beliefs"}, "these are of mechanisms that tiny maps leave off"
        pd.testing.assert_frame_equal(one, two)
        files = [(tmp_path / f / f"{table}.parquet").read_bytes() for f in ("first", "again")]
        assert files[0] == files[1]


def reordered(scenario: Scenario, seed: int) -> Scenario:
    """Return the scenario with the rows of every table in another order."""
    rng = np.random.default_rng(seed)
    tables = {}
    for name in type(scenario).model_fields:
        if name != "document":
            rows = getattr(scenario, name)
            tables[name] = tuple(rows[i] for i in rng.permutation(len(rows)))
    return scenario.model_copy(update=tables)


@settings(max_examples=40)
@given(scenario=worlds())
def test_no_place_is_served_first_for_standing_first_in_the_table(scenario: Scenario) -> None:
    """Room in detention, above all: a place holds its own people before it takes in those of others."""
    mixed = scenario.model_copy(update={"places": scenario.places[::-1]})
    pd.testing.assert_frame_equal(everybody(lived(scenario, threads=1)), everybody(lived(mixed, threads=1)))


@pytest.mark.parametrize("name", ["fork", "sea", "route"])
def test_the_order_of_tables_changes_nobodys_life(name: str) -> None:
    scenario, scale = world(name)
    straight = lived(scenario, scale=scale)
    mixed = lived(reordered(scenario, seed=8), scale=scale)
    assert [p.id for p in mixed.routes.places] != [p.id for p in straight.routes.places]
    pd.testing.assert_frame_equal(everybody(straight), everybody(mixed))
