"""The states of the model as a Markov chain, and the chance of every way out of each of them in a day.

States: every day of every leg (the travel time is revealed as it passes: the leg ends today with chance
P(T <= a + 1 | T > a)), waiting, working and placed in the community at a place, captivity, detention (by day where it
has a limit), back home before starting again, and decisions, which take no time. Everything comes from ``literal``,
the model's text. Who looks for help is "sought" here; what is asked for, and whether it helps, is left to ``chain``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from literal import Text

from simulation.spec.models import Leg

Array = npt.NDArray[np.float64]
State = tuple[str | int, ...]
Cell = tuple[str, str]  # (leg | place | alternative | detention | captivity, id)
Happening = tuple[str, Cell]  # what is counted, and where
HOME: State = ("home",)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


def triangular_cdf(t: float, low: float, mode: float, high: float) -> float:
    """Return P(T <= t) of the triangular distribution."""
    if t < low:
        return 0.0
    if t >= high:
        return 1.0
    if t < mode:
        return (t - low) ** 2 / ((high - low) * (mode - low))
    return 1.0 - (high - t) ** 2 / ((high - low) * (high - mode))


def last_days(low: float, mode: float, high: float, age: int) -> tuple[Array, Array]:
    """Return fractions f of the leg's last day and their chances, given that ``age`` whole days did not end it.

    The chances add up to P(T <= age + 1 | T > age). Gauss-Legendre on each piece of the density: exact to rounding.
    """
    if low == high:
        ends = age == math.ceil(low) - 1
        return np.array([low - age if ends else 1.0]), np.array([1.0 if ends else 0.0])
    alive = 1.0 - triangular_cdf(age, low, mode, high)
    cuts = sorted({min(max(x, age, low), age + 1, high) for x in (age, low, mode, high, age + 1)})
    fractions, chances = [], []
    for a, b in pairwise(cuts):
        t = a + (b - a) * (_NODES + 1) / 2
        slope = (t - low) / (mode - low) if b <= mode else (high - t) / (high - mode)
        fractions.append(t - age)
        chances.append(slope * 2.0 / (high - low) * _WEIGHTS * (b - a) / 2 / alive)
    if not fractions:
        return np.ones(1), np.zeros(1)
    p = np.concatenate(chances)
    return np.concatenate(fractions), p / p.sum() if age + 1 >= high else p


@dataclass
class Branches:
    """Chances to go from state to state, with what is counted on the way; target None: the journey has ended."""

    chance: dict[tuple[State, State | None, tuple[Happening, ...]], float] = field(default_factory=dict)

    def add(self, source: State, target: State | None, happens: tuple[Happening, ...], chance: float) -> None:
        if chance > 0.0:
            key = (source, target, happens)
            self.chance[key] = self.chance.get(key, 0.0) + chance


class Days:
    """The branches of every day and every state of one risk class; decisions are left open (see ``decisions``)."""

    def __init__(self, text: Text, risk: tuple[str, str, str]) -> None:
        self.text, self.risk = text, risk
        self.child = int(risk[1] == "child")
        self.branches = Branches()
        self._fraction, self._weight = np.ones(1), np.ones(1)
        for leg in text.scenario.legs:
            for boat in (False, True):
                for age in range(math.ceil(self._times(leg)[2])):
                    self._leg_day(leg, boat, age)
        for place in text.scenario.places:
            for status in ("waiting", "working", "alternative"):
                self._place_day(place.id, status)
            for age in range(max(1, self._limit(place.id))):
                self._custody_day(place.id, "detention", age)
            self._custody_day(place.id, "captivity", 0)

    def _times(self, leg: Leg) -> tuple[float, float, float]:
        factor = self.text.leg_policy(leg).processing_factor
        return leg.days_low * factor, leg.days_mode * factor, leg.days_high * factor

    def _limit(self, place: str) -> int:
        return math.ceil(self.text.place_policy(self.text.places[place]).limit_days)

    def _emit(
        self, source: State, target: State | None, happens: tuple[Happening, ...], chance: Array
    ) -> None:
        self.branches.add(
            source, target, happens, float(self._weight @ np.broadcast_to(chance, self._weight.shape))
        )

    # Legs ---------------------------------------------------------------------------------------------------
    def _leg_day(self, leg: Leg, boat: bool, age: int) -> None:
        fraction, weight = last_days(*self._times(leg), age)
        self._fraction, self._weight = np.ones(1), np.array([1.0 - weight.sum()])
        if age + 1 < self._times(leg)[2]:
            self._leg_exposure(leg, boat, age, is_due=False)
        self._fraction, self._weight = fraction, weight
        self._leg_exposure(leg, boat, age, is_due=True)

    def _leg_exposure(self, leg: Leg, boat: bool, age: int, is_due: bool) -> None:
        source, f = ("leg", leg.id, int(boat), age), self._fraction
        afloat = np.ones_like(f)
        if boat:
            shared = self.text.shared_rates(leg)
            total = sum(shared)
            afloat = np.exp(-total * f)
            if total > 0:
                self._vehicle_fate(source, leg, [r / total * (1.0 - afloat) for r in shared])
        rates = self.text.rates("leg", leg.id, self.risk)
        total = sum(rates.values())
        quiet = np.exp(-total * f)
        for harm, rate in rates.items():
            if rate > 0:
                chance = afloat * rate / total * (1.0 - quiet)
                stays = self._harm(source, ("leg", leg.id), harm, (), chance)
                if is_due:
                    self._arrive(source, leg, boat, ((harm, ("leg", leg.id)),), stays, None)
                else:
                    self._emit(source, ("leg", leg.id, int(boat), age + 1), ((harm, ("leg", leg.id)),), stays)
        if is_due:
            self._arrive(source, leg, boat, (), afloat * quiet, 1.0 - f)
        else:
            self._emit(source, ("leg", leg.id, int(boat), age + 1), (), afloat * quiet)

    def _vehicle_fate(self, source: State, leg: Leg, chances: list[Array]) -> None:
        cell = ("leg", leg.id)
        peril, pickup, pulled = chances
        helped = self.text.rescue_share(leg)
        for rescued, share in ((True, helped), (False, 1.0 - helped)):
            dies = self.text.vehicle(leg, "death_rescued" if rescued else "death_unrescued")
            self._emit(source, None, (("peril", cell), ("death", cell)), peril * share * dies)
            self._ashore(source, leg, rescued, (("peril", cell),), peril * share * (1.0 - dies))
        self._ashore(source, leg, True, (), pickup)
        self._ashore(source, leg, False, (("intercepted", cell),), pulled)

    def _ashore(
        self, source: State, leg: Leg, rescued: bool, happens: tuple[Happening, ...], chance: Array | float
    ) -> None:
        """Rescued at sea: to where people are landed; else over the zone's way back; on land to the leg's start."""
        cell, chance = ("leg", leg.id), np.asarray(chance)
        back = self.text.unless_closed(self.text.back_leg(leg))
        if rescued:
            happens += (("rescued", cell),)
        port = self.text.leg_policy(leg).disembark or self.text.rescue_place(leg)
        if leg.mode == "sea" and (rescued or back is None) and port is not None:
            if self.text.is_terminal(port):
                self._emit(source, None, (*happens, ("arrived", cell)), chance)
            else:
                self._emit(source, ("waiting", port), happens, chance)
        elif back is not None:
            self._emit(source, ("leg", back.id, 0, 0), happens + entering(self.text, back), chance)
        else:
            land = leg.destination if self.text.is_sea_zone(leg.origin) else leg.origin
            if self.text.is_terminal(land):
                self._emit(source, None, (*happens, ("arrived", cell)), chance)
            else:
                self._emit(source, ("waiting", land), happens, chance)

    def _harm(
        self, source: State, cell: Cell, harm: str, happens: tuple[Happening, ...], chance: Array
    ) -> Array:
        """Emit where a harm leads; return the chance that the person stays where they were."""
        happens = (*happens, (harm, cell))
        setting, name = cell
        if harm == "death":
            self._emit(source, None, happens, chance)
            return np.zeros_like(chance)
        if harm == "abduction":
            held: str | None = name
            if setting == "leg":
                held = self.text.held_at(self.text.legs[name], "captivity")
            self._emit(source, ("captivity", str(held), 0), happens, chance)
            return np.zeros_like(chance)
        if harm != "arrest":
            return chance
        leg = self.text.legs.get(name) if setting == "leg" else None
        held = name
        if leg is not None:
            held = self.text.held_at(leg, "detention") or leg.origin
        p = self.text.place_policy(self.text.places[held]).after_arrest[self.child]
        self._take(source, cell, held, happens, chance * p)
        if leg is not None:
            free = chance * (1.0 - p)
            if self.text.is_sea_zone(leg.origin):
                self._ashore(source, leg, False, happens, free)
            else:
                self._emit(source, ("waiting", leg.origin), happens, free)
            return np.zeros_like(chance)
        return chance * (1.0 - p)

    def _take(
        self, source: State, cell: Cell, place: str, happens: tuple[Happening, ...], chance: Array
    ) -> None:
        """Of those to be held: some in the community instead, of the others some by nobody's law, the rest detained."""
        now = self.text.place_policy(self.text.places[place])
        hidden = 0.0 if self.text.custody_at(place, "captivity") is None else now.unofficial
        spared, held = chance * now.alternatives, chance * (1.0 - now.alternatives)
        self._emit(source, ("alternative", place), (*happens, ("alternative", cell)), spared)
        self._emit(source, ("captivity", place, 0), (*happens, ("unofficial", cell)), held * hidden)
        detained = (*happens, ("detained", ("detention", place)))
        self._emit(source, ("detention", place, 0), detained, held * (1.0 - hidden))

    def _arrive(
        self,
        source: State,
        leg: Leg,
        boat: bool,
        happens: tuple[Happening, ...],
        chance: Array,
        rest: Array | None,
    ) -> None:
        """End a leg. rest: share of the day left to live at the place; None if today's event has already happened."""
        text, cell, place = self.text, ("leg", leg.id), leg.destination
        done = (*happens, ("completed", cell))
        if leg.purpose == "regular":
            granted = text.leg_policy(leg).acceptance
            self._emit(
                source, ("waiting", leg.origin), (*happens, ("refused", cell)), chance * (1.0 - granted)
            )
            if text.is_terminal(place):
                self._emit(source, None, (*done, ("admitted", cell)), chance * granted)
            else:
                self._emit(source, ("decide", place, "waiting"), done, chance * granted)
            return
        if leg.purpose == "return_voluntary":
            for target, share in going_home(text):
                self._emit(source, target, (*done, ("returned", cell)), chance * share)
            return
        if leg.purpose == "interception":
            p = text.place_policy(text.places[place]).after_interception[self.child]
            self._take(source, cell, place, done, chance * p)
            chance = chance * (1.0 - p)
        if text.is_terminal(place):
            self._emit(source, None, (*done, ("arrived", cell)), chance)
        elif text.is_sea_zone(place):
            self._emit(source, ("at sea", place, leg.id, int(boat)), done, chance)
        else:
            self._rest_of_day(source, place, done, chance, rest)

    def _rest_of_day(
        self, source: State, place: str, happens: tuple[Happening, ...], chance: Array, rest: Array | None
    ) -> None:
        node: State = ("decide", place, "waiting")
        rates = self.text.rates("place", place, self.risk)
        total = sum(rates.values())
        if rest is None or total == 0:
            self._emit(source, node, happens, chance)
            return
        quiet = np.exp(-total * rest)
        self._emit(source, node, happens, chance * quiet)
        for harm, rate in rates.items():
            stays = self._harm(source, ("place", place), harm, happens, chance * rate / total * (1.0 - quiet))
            self._emit(source, node, (*happens, (harm, ("place", place))), stays)

    # Places and custody ---------------------------------------------------------------------------------------
    def _place_day(self, place: str, status: str) -> None:
        self._weight = np.ones(1)
        text, source = self.text, (status, place)
        cell = ("alternative" if status == "alternative" else "place", place)
        rates = dict(text.rates("place", place, self.risk))
        stay = text.p["alternative_days"] if status == "alternative" else text.places[place].stay_days
        rates["leave"] = 1.0 / stay
        if not text.is_terminal(place) and not text.is_sea_zone(place):
            rates["seek"] = text.p["service_seeking"]
        total = sum(rates.values())
        self._emit(source, source, (), np.exp(-total))
        for event, rate in rates.items():
            chance = np.array([rate / total * (1.0 - math.exp(-total))])
            if event == "leave" and text.is_terminal(place):  # nobody decides there any more
                self._emit(source, None, (("arrived", cell),), chance)
            elif event == "leave":
                self._emit(source, ("decide", place, status), (), chance)
            elif event == "seek":
                self._emit(source, source, (("sought", cell),), chance)
            else:
                self._emit(source, source, ((event, cell),), self._harm(source, cell, event, (), chance))

    def _custody_day(self, place: str, setting: str, age: int) -> None:
        custody = self.text.custody_at(place, setting)
        if custody is None:
            return
        self._weight = np.ones(1)
        source, cell = (setting, place, age), (setting, place)
        limit = self._limit(place) if setting == "detention" else 0
        if limit and age == limit - 1:  # the limit is reached today
            self._leave_custody(source, place, setting, 1.0)
            return
        after: State = (setting, place, age + 1 if limit else 0)
        rates = dict(self.text.rates(setting, place, self.risk))
        rates["leave"] = 1.0 / custody.mean_days
        total = sum(rates.values())
        self._emit(source, after, (), np.exp(-total))
        for event, rate in rates.items():
            chance = rate / total * (1.0 - math.exp(-total))
            if event == "leave":
                self._leave_custody(source, place, setting, chance)
            elif event == "death":
                self._emit(source, None, ((event, cell),), np.array([chance]))
            else:
                self._emit(source, after, ((event, cell),), np.array([chance]))

    def _leave_custody(self, source: State, place: str, setting: str, chance: float) -> None:
        cell, left = (setting, place), 1.0
        if setting == "detention":
            expelled, assisted = self.text.exits(place)
            way = self.text.unless_closed(self.text.first_leg(place, "return_forced"))
            if way is not None:
                happens = (("expelled", cell), *entering(self.text, way))
                self._emit(source, ("leg", way.id, 0, 0), happens, np.array([chance * expelled]))
                left -= expelled
            for target, share in going_home(self.text):
                happens = (("returned_detained", cell), ("returned", cell))
                self._emit(source, target, happens, np.array([chance * assisted * share]))
            left -= assisted
        free = (("released", cell),)
        if self.text.is_terminal(place):
            self._emit(source, None, (*free, ("arrived", cell)), np.array([chance * left]))
        else:
            self._emit(source, ("waiting", place), free, np.array([chance * left]))


def entering(text: Text, leg: Leg) -> tuple[Happening, ...]:
    """Return what is counted when a leg is started; of "desert" only a person's first is counted in a run."""
    cell = ("leg", leg.id)
    attempt = leg.mode == "sea" and leg.purpose == "irregular" and not text.is_sea_zone(leg.origin)
    if leg.mode == "desert" and leg.purpose == "irregular":
        return (("entered", cell), ("desert", cell))
    return (("entered", cell), ("sea_attempt", cell)) if attempt else (("entered", cell),)


def going_home(text: Text) -> tuple[tuple[State | None, float], ...]:
    """Return where people are who went home, and their shares: for good, or to start again."""
    again = text.p["remigration_share"]
    return (None, 1.0 - again), (HOME, again)


def starting_again(text: Text, start: str) -> Branches:
    """Return the branches of people who will start again: every day with the same chance, where their stream starts."""
    found = Branches()
    chance = 1.0 - math.exp(-1.0 / text.p["remigration_days"])
    found.add(HOME, ("decide", start, "waiting"), (("restarted", ("place", start)),), chance)
    found.add(HOME, HOME, (), 1.0 - chance)
    return found
