"""Designs: which numbers are factors, and that the points of every method are what the method promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_runs import build_scenario

from experiments.design import (
    EXTENSIBLE,
    Design,
    DesignSpec,
    list_names,
    make_design,
)
from simulation import load_scenario
from simulation.spec.models import Scenario
from simulation.world.draws import draw_scenario, read_uniforms
from simulation.world.factors import DesignError, find_factors

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NAMES = ("parameter:a", "parameter:b", "risk:sea:leg:death", "risk:sea:leg:injury", "stream:x")
SEA = {"sea": ("risk:sea:*",)}


@pytest.fixture(scope="module")
def fork() -> Scenario:
    return load_scenario(SCENARIOS / "tiny" / "fork" / "fork.yaml")


def complaints(names=NAMES, **asked) -> list[str]:
    with pytest.raises(DesignError) as caught:
        find_factors(names, **asked)
    return str(caught.value).splitlines()


# Factors ---
def test_without_a_choice_every_name_is_a_factor():
    assert find_factors(NAMES) == (NAMES, tuple((name,) for name in NAMES))


def test_names_patterns_and_groups():
    found = find_factors(NAMES, ("stream:x", "parameter:*"), SEA)
    assert found.labels == ("sea", "stream:x", "parameter:a", "parameter:b")
    assert found.members[0] == ("risk:sea:leg:death", "risk:sea:leg:injury")


def test_unknown_names_are_refused_with_the_nearest():
    assert complaints(factors=("parameter:aa", "river:*")) == [
        "design.factors.0: parameter:aa is no uncertain number of these scenarios (did you mean parameter:a?)",
        "design.factors.1: no uncertain number fits river:* (`safepassage plan factors` lists them)",
    ]


def test_a_name_in_two_factors_is_refused():
    lines = complaints(factors=("risk:sea:leg:death",), groups=SEA)
    assert lines == ["design.factors.0: risk:sea:leg:death is in another factor already: sea"]
    assert complaints(factors=("parameter:a", "parameter:*"))[0].endswith("already: parameter:a")


def test_a_group_of_nothing_is_refused():
    assert complaints(groups={"none": ()}) == ["design.groups.none: a group needs at least one name"]


def test_names_are_those_of_all_arms(fork):
    document = fork.document.model_copy(update={"parameters": {"discount": 0.9}})
    fewer = fork.model_copy(update={"document": document})
    assert list_names([fewer]) == tuple(n for n in list_names([fork]) if n != "parameter:discount")
    assert set(list_names([fewer, fork])) == set(list_names([fork]))


# Points ---
def test_random_points_are_the_draws_without_a_design(fork):
    design = make_design([fork], DesignSpec(), 7, 3)
    for row in range(3):
        assert draw_scenario(fork, seed=7, draw=row, given=design.given(row)) == draw_scenario(
            fork, seed=7, draw=row
        )
    assert (design.others, design.seeds) == ("draw", "own")


def test_factors_of_a_random_design_leave_the_other_draws_alone(fork):
    (name,) = list_names([fork])[:1]
    design = make_design([fork], DesignSpec(factors=(name,)), 7, 4)
    assert design.points.shape == (4, 1)
    assert design.points[2, 0] == read_uniforms([name], seed=7, draw=2)[0]


def test_members_of_a_group_share_their_uniform(fork):
    names = list_names([fork])[:3]
    design = make_design([fork], DesignSpec(groups={"three": names}), 7, 4)
    rows = [design.given(row) for row in range(4)]
    assert all(set(row) == set(names) and len(set(row.values())) == 1 for row in rows)
    assert len({row[names[0]] for row in rows}) == 4


@given(rows=st.integers(1, 40), seed=st.integers(0, 2**64 - 1))
def test_a_latin_hypercube_has_one_point_in_every_slice(rows: int, seed: int) -> None:
    design = make_design([build_scenario()], DesignSpec(method="latin_hypercube"), seed, rows)
    slices = np.sort(np.floor(design.points * rows).astype(int), axis=0)
    assert (slices == np.arange(rows)[:, None]).all()


@given(power=st.integers(0, 6), seed=st.integers(0, 2**32))
def test_sobol_points_are_balanced_in_every_factor(fork_names, power: int, seed: int) -> None:
    rows = 2**power
    design = make_design(fork_names, DesignSpec(method="sobol"), seed, rows)
    slices = np.sort(np.floor(design.points * rows).astype(int), axis=0)
    assert (slices == np.arange(rows)[:, None]).all()
    assert (design.points < 1).all()


@pytest.fixture(scope="module")
def fork_names(fork) -> list[Scenario]:
    return [fork]


def test_unbalanced_numbers_of_sobol_points_are_refused(fork):
    with pytest.raises(DesignError, match=r"got 20 \(use 16 or 32\)"):
        make_design([fork], DesignSpec(method="sobol"), 1, 20)
    with pytest.raises(DesignError, match=r"design.samples: .*got 6 \(use 4 or 8\)"):
        make_design([fork], DesignSpec(method="saltelli", samples=6), 1)


def test_morris_moves_one_factor_at_a_time_by_the_same_step(fork):
    names = list_names([fork])[:5]
    spec = DesignSpec(method="morris", trajectories=6, factors=names)
    design = make_design([fork], spec, 3)
    assert design.points.shape == (6 * 6, 5) == (spec.count_replicates(5), 5)
    steps = np.diff(design.points.reshape(6, 6, 5), axis=1)
    moved = np.abs(steps) > 1e-9
    assert (moved.sum(axis=2) == 1).all()
    assert (moved.sum(axis=1) == 1).all()
    np.testing.assert_allclose(np.abs(steps[moved]), 2 / 3)  # levels / (2 * (levels - 1)) on 4 levels
    assert (design.others, design.seeds) == ("median", "common")


@pytest.mark.parametrize("second_order", [False, True])
def test_saltelli_takes_columns_of_one_sample_into_another(fork, second_order):
    names = list_names([fork])[:3]
    spec = DesignSpec(method="saltelli", samples=8, factors=names, second_order=second_order)
    blocks = make_design([fork], spec, 3).points.reshape(8, -1, 3)
    assert blocks.shape[1] == (8 if second_order else 5)
    first, last = blocks[:, 0], blocks[:, -1]
    for column in range(3):
        mixed = first.copy()
        mixed[:, column] = last[:, column]
        assert (blocks[:, 1 + column] == mixed).all()


@pytest.mark.parametrize("method", ["random", "latin_hypercube", "sobol", "morris", "saltelli"])
def test_more_replicates_keep_the_rows_that_were_there(fork, method):
    names = list_names([fork])[:4]
    few, many = (
        make_design(
            [fork],
            DesignSpec(method=method, factors=names, trajectories=n, samples=n),
            11,
            None if method in {"morris", "saltelli"} else n,
        ).points
        for n in (4, 16)
    )
    assert np.array_equal(many[: len(few)], few) == (method in EXTENSIBLE)
    assert method in EXTENSIBLE or method == "latin_hypercube"


@pytest.mark.parametrize("method", ["random", "latin_hypercube", "sobol", "morris", "saltelli"])
def test_the_seed_decides_the_points(fork, method):
    spec = DesignSpec(method=method, factors=list_names([fork])[:4], samples=4, trajectories=4)
    rows = None if method in {"morris", "saltelli"} else 4
    one, again, other = (make_design([fork], spec, seed, rows).points for seed in (5, 5, 6))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_replicates_of_a_screening_follow_from_its_factors(fork):
    names = list_names([fork])[:4]
    spec = DesignSpec(method="morris", trajectories=2, factors=names)
    assert make_design([fork], spec, 1, 10).n_replicates == 10
    with pytest.raises(DesignError, match="morris takes 10 replicates here, not 20"):
        make_design([fork], spec, 1, 20)
    with pytest.raises(DesignError, match="replicates: must be at least 1"):
        make_design([fork], DesignSpec(), 1, 0)
    with pytest.raises(DesignError, match="levels: must be an even number; got 5"):
        make_design([fork], DesignSpec(method="morris", levels=5), 1)
    with pytest.raises(DesignError, match="trajectories: must be at least 2"):
        make_design([fork], DesignSpec(method="morris", trajectories=1), 1)


def test_a_scenario_without_uncertain_numbers_has_no_design():
    sure = build_scenario()
    sure = sure.model_copy(update={"parameters": (), "legs": (), "places": ()})
    with pytest.raises(DesignError, match="no number of these scenarios is uncertain"):
        make_design([sure], DesignSpec(), 1, 2)


@pytest.mark.parametrize(
    ("points", "factors"),
    [([[0.5, 0.5]], ("a",)), ([[1.5]], ("a",)), ([[float("nan")]], ("a",)), ([0.5], ("a",))],
)
def test_points_that_are_no_design_are_refused(points, factors):
    with pytest.raises(ValueError, match="points must"):
        Design("random", factors, (("a",),), np.array(points))
