"""Every small function of the kernels equals its slow twin."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
import slow
from hypothesis import assume, given
from hypothesis import strategies as st
from numba import njit
from small_worlds import tiny

from simulation.kernels import rng
from simulation.kernels.decide import choose
from simulation.kernels.harm import need_after
from simulation.kernels.harvest import harvest
from simulation.kernels.hazards import bound_of, draw_event, load_of, loads, screening_bound
from simulation.kernels.layout import CREDIT, HARMS, LIFE, OPTION, PLACE, RATES, SETUP, Purpose, Service
from simulation.kernels.layout import Option as Kind
from simulation.kernels.moves import waiting_days
from simulation.kernels.persons import geometric
from simulation.kernels.settle import lottery_order
from simulation.kernels.travel import assign_vehicles, due_day, triangular
from simulation.kernels.vulnerability import hurt, relieve, wear_down
from simulation.world.choice import solve, stuck_factor
from simulation.world.outlook import Outlook
from simulation.world.policy import reference_settings
from simulation.world.rates import known_risks, leg_hazards
from simulation.world.routes import build_routes
from simulation.world.tables import resolve_parameters

ids = st.integers(0, 2**64 - 1)
words32 = st.integers(0, 2**32 - 1)
days = st.integers(0, 40_000)
units = st.floats(0, 1, exclude_max=True)


@given(key=ids, who=ids, day=days, item=words32)
def test_draws(key: int, who: int, day: int, item: int) -> None:
    arguments = np.uint64(key), np.uint64(who), day, item
    assert tuple(map(int, rng.words(*arguments))) == slow.words(key, who, day, item)
    assert rng.uniform(*arguments) == slow.uniform(key, who, day, item)


@given(
    u=units,
    fraction=st.floats(0.001, 1),
    rates=st.lists(st.sampled_from([0.0, 1e-6, 0.01, 0.3, 2.0]), min_size=RATES, max_size=RATES),
    vulnerability=st.integers(0, 255),
    n=st.sampled_from([HARMS, HARMS + 1, RATES]),
    gamma=st.floats(0, 2),
    factors=st.tuples(st.sampled_from([0.0, 0.3, 1.0, 2.5]), st.sampled_from([1.0, 1.7])),
)
def test_competing_risks(
    u: float,
    fraction: float,
    rates: list[float],
    vulnerability: int,
    n: int,
    gamma: float,
    factors: tuple[float, float],
) -> None:
    table = np.array(rates)[None, None, :]
    multiplier = np.exp(gamma * (np.arange(256) / 255 - 0.3))
    person = (table, 0, 0, n, multiplier, vulnerability, *factors)
    event, rest = draw_event(u, fraction, *person)
    effective = slow.effective_rates(rates, n, multiplier[vulnerability], *factors)
    expected, left = slow.draw_event(u, fraction, effective)
    assert event == expected
    assert rest == pytest.approx(left, abs=1e-12)
    # Nobody to whom something happens is screened out: the byte is the leading part of u.
    if fraction == 1 and event >= 0:
        assert int(u * 256) <= screening_bound(*person)
    # The bound in use is taken from the rates added up beforehand: it may let a day too many pass, never one too few.
    load = load_of(loads(table), *person[1:])
    assert load == pytest.approx(sum(effective), rel=1e-6)
    assert load * 1.000001 >= sum(effective)
    assert screening_bound(*person) <= bound_of(load) <= screening_bound(*person) + 2 + 256 * load**4


@given(day=days, length=st.floats(0.01, 400))
def test_due_day(day: int, length: float) -> None:
    due, fraction = due_day(day, length)
    expected, share = slow.due_day(day, length)
    assert due == expected
    assert float(fraction) == pytest.approx(share, abs=1e-4)
    assert 0 < fraction <= 1


@given(u=units, low=st.floats(0.1, 50), rise=st.floats(0, 50), fall=st.floats(0, 50))
def test_triangular(u: float, low: float, rise: float, fall: float) -> None:
    assume(rise + fall > 0.01)
    mode, high = low + rise, low + rise + fall
    days_found = triangular(u, low, mode, high)
    assert low * (1 - 1e-12) <= days_found <= high * (1 + 1e-12)
    assert days_found == pytest.approx(slow.triangular(u, low, mode, high), rel=1e-6, abs=1e-6)


def test_triangular_without_width() -> None:
    assert triangular(0.3, 4.0, 4.0, 4.0) == 4.0


class Places(NamedTuple):
    """What a choice reads of the world."""

    option_start: Any
    option: Any
    weight: Any
    setup: Any
    place: Any
    stuck: Any


@njit
def call_choose(world, keys, life, luck, day, as_boat):
    return choose(world, keys, life[0], 0, 0, luck, day, as_boat)


options = st.lists(
    st.builds(
        slow.Option,
        weight=st.sampled_from([0.0, 1e-4, 0.2, 1.0]),
        hash=words32,
        awareness=st.sampled_from([0.0, 0.4, 1.0]),
        price=st.sampled_from([0, 50, 400]),
        eligible=st.one_of(st.just(frozenset(range(6))), st.frozensets(st.integers(0, 5))),
        least=st.sampled_from([0, 0, 128]),
        stays=st.booleans(),
    ),
    max_size=9,
)
choosers = st.builds(
    slow.Chooser,
    party=ids,
    demographic=st.integers(0, 5),
    vulnerability=st.sampled_from([0, 127, 128, 255]),
    purse=st.sampled_from([None, 0, 50, 399, 400]),
)
Choice = tuple[int, bool]


def choices(
    found: list[slow.Option],
    keys: np.ndarray,
    luck: int,
    who: slow.Chooser,
    day: int,
    *,
    as_boat: bool = False,
    stuck: float = 1.0,
    earns: float = 0.0,
) -> tuple[Choice, Choice]:
    """Return (kernel, twin) of one decision.

    stuck, earns: Factor on staying for who cannot pay where nothing can be earned; USD a day earned there.
    """
    last = max((k for k, o in enumerate(found) if o.stays), default=-1)  # there is one way to stay
    found = [o._replace(stays=k == last) for k, o in enumerate(found)]
    table = np.zeros(len(found), OPTION)
    for k, o in enumerate(found):
        for name in ("awareness", "hash", "price"):
            table[k][name] = getattr(o, name)
        table[k]["eligible"] = sum(1 << one for one in o.eligible)
        table[k]["min_vulnerability"] = o.least
        table[k]["kind"] = Kind.STAY if o.stays else Kind.LEG
    weight = np.array([o.weight for o in found]).reshape(-1, 1)
    setup = np.zeros(1, SETUP)
    setup["money_on"] = who.purse is not None
    life = np.zeros(1, LIFE)
    life["party"], life["vulnerability"] = who.party, who.vulnerability
    life["group"] = 6 + who.demographic  # of the second stream
    life["money"] = who.purse or 0
    place = np.zeros(1, PLACE)
    place["savings"] = earns
    factor = np.full((1, 1), stuck)
    world = Places(np.array([0, len(found)], np.int32), table, weight, setup, place, factor)
    kernel, short = call_choose(world, keys, life, np.uint64(luck), day, as_boat)
    choice_key, awareness_key = int(keys[rng.Stream.CHOICE]), int(keys[rng.Stream.AWARENESS])
    left = 1.0 if earns else stuck
    twin = slow.choose(found, choice_key, awareness_key, luck, None if as_boat else who, day, left)
    life["flags"] = CREDIT  # somebody who can travel on credit lacks no money
    on_credit = call_choose(world, keys, life, np.uint64(luck), day, as_boat)
    rich = None if as_boat else who._replace(purse=None)
    assert on_credit == slow.choose(found, choice_key, awareness_key, luck, rich, day)
    return (kernel, short), twin


ways = st.fixed_dictionaries(
    {
        "as_boat": st.booleans(),
        "stuck": st.sampled_from([1.0, 0.2, 1e-3]),
        "earns": st.sampled_from([0.0, 0.0, 4.0]),
    }
)


@given(found=options, seed=ids, luck=ids, who=choosers, day=days, way=ways)
def test_choice(
    found: list[slow.Option], seed: int, luck: int, who: slow.Chooser, day: int, way: dict[str, Any]
) -> None:
    keys = np.array([0] + [rng.stream_key(seed, s) for s in rng.Stream], np.uint64)
    kernel, twin = choices(found, keys, luck, who, day, **way)
    assert kernel == twin


def test_closing_an_option_moves_only_those_who_took_it() -> None:
    keys = np.array([0] + [rng.stream_key(4, s) for s in rng.Stream], np.uint64)
    four = [slow.Option(w, 99 + k, 1.0) for k, w in enumerate((1.0, 0.5, 0.8, 0.2))]
    closed = [o._replace(weight=0.0) if k == 2 else o for k, o in enumerate(four)]
    moved = 0
    for who in range(400):
        me = slow.Chooser(who, 0, 0, None)
        (before, _), (after, _) = choices(four, keys, who, me, 9)[0], choices(closed, keys, who, me, 9)[0]
        assert after != 2
        if before == 2:
            moved += 1
        else:
            assert after == before
    assert 80 < moved < 210  # 0.32 of 400, five standard deviations


people_asking = st.lists(
    st.tuples(ids, ids, st.integers(0, 3)), min_size=1, max_size=40, unique_by=lambda p: p[1]
)  # whose luck counts, who, leg or place


def columns(people: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    luck, who, target = zip(*people, strict=True)
    return np.array(luck, np.uint64), np.array(who, np.uint64), np.array(target, np.int32)


parties_boarding = st.lists(
    st.tuples(st.sampled_from([3, 77, 2**40, 2**63]) | ids, ids, st.integers(0, 3)),
    min_size=1,
    max_size=40,
    unique_by=lambda p: p[1],
)  # some have the same luck: they are a party


@given(
    key=ids,
    day=days,
    people=parties_boarding,
    capacity=st.lists(st.integers(1, 7), min_size=4, max_size=4),
)
def test_boarding(key: int, day: int, people: list[tuple[int, int, int]], capacity: list[int]) -> None:
    luck, who, leg = columns(people)
    leg_hash = np.array([11, 22, 33, 44], np.uint64)
    order, vehicle = assign_vehicles(
        np.uint64(key), day, luck, who, leg, np.array(capacity, np.int32), leg_hash
    )
    assert sorted(order) == list(range(len(people)))
    found = {int(who[i]): int(v) for i, v in zip(order, vehicle, strict=True)}
    expected = slow.board(key, day, people, dict(enumerate(capacity)))
    assert found == {w: int(leg_hash[i]) << 32 | day << 16 | number for w, (i, number) in expected.items()}
    party = {(w, leg): luck for luck, w, leg in people}
    for one in set(found.values()):
        leg_of = [11, 22, 33, 44].index(one >> 32)
        aboard = [w for w, v in found.items() if v == one]
        largest = max(sum(party[w, leg_of] == party[x, leg_of] for x in aboard) for w in aboard)
        assert len(aboard) < capacity[leg_of] + largest, "nobody boards a full vehicle"
        assert len(aboard) >= capacity[leg_of] or one + 1 not in found.values(), "all but the last are full"


@given(
    key=ids,
    day=days,
    people=people_asking,
)
def test_lottery_of_services_and_pathways(key: int, day: int, people: list[tuple[int, int, int]]) -> None:
    assert lottery_order(np.uint64(key), day, *columns(people)).tolist() == slow.lottery(key, day, people)


def test_lotteries_favour_nobody() -> None:
    """Each of 6 applicants is first about as often, over 3,000 days: chi-square, false alarm 1e-6."""
    who, queue = np.arange(6, dtype=np.uint64) << np.uint64(40), np.zeros(6, np.int32)
    first = np.bincount(
        [lottery_order(np.uint64(5), day, who, who, queue)[0] for day in range(3000)], minlength=6
    )
    assert ((first - 500) ** 2 / 500).sum() < 36.5  # chi-square with 5 degrees of freedom, 1 - 7e-7


@given(v=st.integers(0, 255), step=st.integers(0, 255))
def test_an_incident_raises_vulnerability(v: int, step: int) -> None:
    setup = np.zeros(1, SETUP)
    setup["vulnerability_step"] = step
    person = SimpleNamespace(vulnerability=v, incidents=7)
    hurt.py_func(SimpleNamespace(setup=setup.view(np.recarray)), SimpleNamespace(life=[person]), 0)
    assert person.vulnerability == slow.vulnerability_after(v, step)
    assert v <= person.vulnerability <= 255
    assert person.incidents == 8


def person(**columns: int) -> SimpleNamespace:
    """Return one person's table, as the plain functions read it."""
    return SimpleNamespace(life=[SimpleNamespace(**columns)])


@given(v=st.integers(0, 255), share=st.floats(0, 1), scar=st.integers(0, 255))
def test_help_lowers_vulnerability_to_the_scar_at_most(v: int, share: float, scar: int) -> None:
    people = person(vulnerability=v, scar=scar)
    relieve.py_func(people, 0, share)
    assert people.life[0].vulnerability == slow.vulnerability_after_relief(v, share, scar)
    assert min(v, scar) <= people.life[0].vulnerability <= v


@given(v=st.integers(0, 255), days=st.integers(0, 3000), step=st.floats(0, 0.9))
def test_days_in_custody_wear_people_down(v: int, days: int, step: float) -> None:
    people = person(vulnerability=v, since=40)
    setup = np.zeros(1, SETUP)
    setup["detention_step"] = step
    wear_down.py_func(SimpleNamespace(setup=setup.view(np.recarray)), people, 0, 40 + days)
    assert people.life[0].vulnerability == slow.vulnerability_after_custody(v, days, step)
    assert v <= people.life[0].vulnerability <= 255


@given(u=units, mean=st.floats(0.1, 300))
def test_whole_days_of_an_exponential_wait(u: float, mean: float) -> None:
    assert waiting_days(u, mean) == slow.whole_days(u, mean)


@given(u=units, ratio=st.one_of(st.just(0.0), st.just(1.0), st.floats(0.01, 20)), most=st.integers(1, 4))
def test_numbers_of_companions_are_cut_geometric(u: float, ratio: float, most: int) -> None:
    assume(all(abs(u - edge) > 1e-9 for edge in edges_of_geometric(ratio, most)))
    assert geometric(u, ratio, most) == slow.geometric(u, ratio, most)


def edges_of_geometric(ratio: float, most: int) -> list[float]:
    weight = [ratio**k for k in range(most + 1)]
    return [sum(weight[: k + 1]) / sum(weight) for k in range(most + 1)]


@pytest.mark.parametrize("harm", range(1, HARMS))
def test_what_a_harm_makes_necessary(harm: int) -> None:
    bits = int(need_after(harm))
    assert {kind.name.lower() for kind in Service if bits >> kind & 1} == slow.needs_after(harm)


@given(
    counts=st.lists(st.sampled_from([0, 0, 0, 1, 7, -7, 2**31 - 1]), min_size=24, max_size=24),
    shape=st.sampled_from([(1, 2, 3, 4), (2, 3, 2, 2), (3, 1, 8, 1)]),
)
def test_counts_of_a_month_are_taken_out_in_order_and_left_at_zero(
    counts: list[int], shape: tuple[int, int, int, int]
) -> None:
    events = np.array(counts, np.int32).reshape(shape)
    expected = slow.harvest(events.tolist())
    touched = events.any(axis=3).astype(np.uint8)
    taken = harvest(events, touched)
    assert list(zip(*(column.tolist() for column in taken), strict=True)) == expected
    assert not events.any()
    assert not touched.any()


@pytest.mark.parametrize("name", ["fork", "sea"])
def test_staying_weighs_less_for_who_cannot_go_on(name: str) -> None:
    scenario = tiny(name)
    routes, parameters = build_routes(scenario), resolve_parameters(scenario)
    settings = reference_settings(scenario, routes, parameters)
    outlook = Outlook.begin(routes, parameters, scenario.document.coupling)
    known = known_risks(routes, settings, leg_hazards(routes, settings, outlook), outlook)
    value, weight = solve(routes, known, parameters)
    factor = stuck_factor(routes, known, parameters, value)
    stay, discount = parameters["stay_utility"], parameters["discount"]
    for place in range(len(routes.places)):
        options = range(routes.option_start[place], routes.option_start[place + 1])
        ends = [k for k in options if routes.option_kind[k] in (Kind.SETTLE, Kind.RETURN)]
        stays = [k for k in options if routes.option_kind[k] == Kind.STAY]
        legs = [k for k in options if routes.option_kind[k] == Kind.LEG]
        if any(routes.purpose[routes.option_leg[k]] == Purpose.RETURN_VOLUNTARY for k in legs) or not stays:
            continue
        for column, here in enumerate(value[place]):
            scale = math.exp(stay + discount * here) / weight[stays[0], column]  # of the weights of the place
            given_up = sum(weight[k, column] * scale for k in ends)
            stuck = slow.value_of_being_stuck(given_up, stay, discount, here, 600)
            expected = math.exp(min(discount * (stuck - here), 0.0))
            assert factor[place, column] == pytest.approx(expected, rel=1e-9)


def test_philox_is_the_published_one() -> None:
    """The twin itself: Random123's known answers."""
    ones = 2**32 - 1
    assert slow.philox((0, 0, 0, 0), (0, 0)) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    assert slow.philox((ones,) * 4, (ones,) * 2) == (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)
    assert math.isclose(sum(slow.uniform(1, who, 0, 0) for who in range(2000)) / 2000, 0.5, abs_tol=0.04)
