"""Displacement in any small Flee folder: totals, capacities, closures and bits hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from flee_folders import MALI, RandomCase, random_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.displacement.case import DisplacementCase
from simulation.displacement.files import load_case, write_case
from simulation.displacement.model import DisplacementModel
from simulation.displacement.observed import displaced_by_day, observed_camps
from simulation.displacement.result import DisplacementResult
from simulation.importers.flee import read_flee_case


def read(case: RandomCase, factory: pytest.TempPathFactory) -> DisplacementCase:
    return read_flee_case(case.write(factory.mktemp("case") / "case"))


def live(case: DisplacementCase, **how: int | float) -> DisplacementResult:
    return DisplacementModel(case, **how).run()  # type: ignore[arg-type]


@settings(max_examples=60)
@given(case=random_cases(), seed=st.integers(0, 2**64 - 1))
def test_people_follow_the_total_and_nobody_is_lost(
    case: RandomCase, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given_case = read(case, tmp_path_factory)
    result = live(given_case, seed=seed)
    assert result.toll.people.tolist() == displaced_by_day(given_case).tolist()
    assert np.unique(result.counts.census.sum(axis=1)).size == 1


@settings(max_examples=60)
@given(case=random_cases(), seed=st.integers(0, 2**32))
def test_no_camp_takes_in_more_than_it_has_places_for(
    case: RandomCase, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given_case = read(case, tmp_path_factory)
    inside = live(given_case, seed=seed).toll.inside
    stock = observed_camps(given_case)[0]  # people who are there from the start may be more than the places
    for k, camp in enumerate(case.camps):
        limit = case.capacity[camp]
        assert limit is None or inside[:, k].max() <= max(limit, stock[k])


@settings(max_examples=60)
@given(case=random_cases(), seed=st.integers(0, 2**32))
def test_nobody_sets_out_on_a_closed_leg(
    case: RandomCase, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    result = live(read(case, tmp_path_factory), seed=seed)
    assert result.counts.flow[~result.network.leg_open].sum() == 0


@settings(max_examples=30)
@given(case=random_cases(), seed=st.integers(0, 2**32), threads=st.integers(2, 5))
def test_threads_change_no_bit(
    case: RandomCase, seed: int, threads: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given_case = read(case, tmp_path_factory)
    assert_same(live(given_case, seed=seed), live(given_case, seed=seed, threads=threads))


def assert_same(one: DisplacementResult, other: DisplacementResult) -> None:
    for field in ("inside", "outside", "travelling", "stranded", "in_conflict"):
        assert np.array_equal(getattr(one.toll, field), getattr(other.toll, field)), field
    for field in ("flow", "census", "event_count", "days_count"):
        assert np.array_equal(getattr(one.counts, field), getattr(other.counts, field)), field


@pytest.mark.skipif(not MALI.is_dir(), reason="the case mali2012 is not there")
def test_threads_change_no_bit_where_there_are_many_people() -> None:
    case = read_flee_case(MALI)
    case = case.model_copy(update={"days": 120})
    one = live(case, seed=9)
    assert_same(one, live(case, seed=9, threads=3))
    assert not np.array_equal(one.toll.inside, live(case, seed=10).toll.inside)


@settings(max_examples=40)
@given(case=random_cases())
def test_a_case_is_written_and_read_back_the_same(
    case: RandomCase, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given_case = read(case, tmp_path_factory)
    folder: Path = tmp_path_factory.mktemp("ours") / "case"
    write_case(given_case, folder)
    assert load_case(folder) == given_case


@settings(max_examples=30)
@given(case=random_cases(), seed=st.integers(0, 2**32))
def test_the_future_does_not_change_the_past(
    case: RandomCase, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given_case = read(case, tmp_path_factory)
    cut = max(case.days // 2, 1)
    short = given_case.model_copy(
        update={
            "days": cut,
            "conflicts": tuple(
                s.model_copy(update={"last_day": min(s.last_day, cut - 1)})
                for s in given_case.conflicts if s.first_day < cut
            ),
        }
    )  # fmt: skip
    whole, part = live(given_case, seed=seed), live(short, seed=seed)
    assert np.array_equal(whole.toll.inside[:cut], part.toll.inside)
