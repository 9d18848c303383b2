"""A finished displacement run: people in camps by day, and what people were exposed to, with names put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from simulation.displacement.case import DisplacementCase
from simulation.displacement.network import Network
from simulation.displacement.tables import first_cell
from simulation.kernels.layout import I64, Event, Status
from simulation.recorder import Counts

PROTECTION: dict[str, str] = {
    "displaced": "people displaced in the period",
    "in_camps": "people in camps at the end",
    "travel_person_days": "person-days on the way",
    "conflict_person_days": "person-days in zones of conflict, and on ways that start or end in one",
    "conflict_entries": "times that somebody set out into a zone of conflict",
    "turned_away": "times that somebody was turned away at a full camp",
    "outside_person_days": "person-days outside camps that were full or closed",
    "stranded_person_days": "person-days stuck elsewhere, with no camp open or with room",
}
"""Protection outcomes of a run, in the order in which they are shown."""


@dataclass(frozen=True)
class Toll:
    """People by day, at its end: (T,) or (T, K), K camps."""

    inside: I64  # (T, K) in each camp
    outside: I64  # (T, K) at the gates of each camp: it was full, or has closed
    travelling: I64  # (T,) on legs
    stranded: I64  # (T,) stuck at places that are no camp
    in_conflict: I64  # (T,) at places in conflict, or on legs that start or end in one

    @classmethod
    def zero(cls, days: int, n_camps: int) -> Toll:
        """Return a toll of nobody."""
        camps, all_ = (days, n_camps), (days,)
        return cls(*(np.zeros(shape, np.int64) for shape in (camps, camps, all_, all_, all_)))

    def count(self, day: int, network: Network, stock: I64, inside: Any) -> None:  # noqa: ANN401
        """Keep a day. stock (C,) people by cell; inside (K,) people in each camp."""
        n_places, n_legs = len(network.names), network.origin.size
        first = first_cell(network, Status.STRANDED)
        stranded = stock[first : first + n_places]
        conflict = network.intensity[day] > 0
        on_legs = stock[:n_legs]
        self.inside[day] = inside
        self.outside[day] = stranded[network.camp]
        self.travelling[day] = on_legs.sum()
        self.stranded[day] = stranded.sum() - self.outside[day].sum()
        near = conflict[network.origin] | conflict[network.destination]
        waiting = stock[first_cell(network, Status.WAITING) :][:n_places]
        self.in_conflict[day] = on_legs[near].sum() + ((stranded + waiting) * conflict).sum()

    @property
    def people(self) -> I64:
        """(T,) everybody displaced so far."""
        everybody: I64 = self.inside.sum(axis=1) + self.outside.sum(axis=1) + self.travelling + self.stranded
        return everybody


@dataclass(frozen=True)
class DisplacementResult:
    """What one run of one case gave; counts are of simulated people, multiply by 1/scale for people."""

    case: DisplacementCase
    seed: int
    scale: float
    network: Network
    counts: Counts
    toll: Toll
    provenance: dict[str, Any]

    @property
    def camps(self) -> pd.DataFrame:
        """People in each camp (columns) at the end of each day (rows, dates)."""
        dates = pd.date_range(self.case.start, periods=self.case.days, freq="D")
        return pd.DataFrame(self.toll.inside / self.scale, index=dates, columns=list(self.case.camps))

    def events(self, kind: Event) -> int:
        """Return how often something was counted."""
        return int(self.counts.event_count[self.counts.event_kind == kind].sum())

    def protection(self) -> dict[str, float]:
        """Return the outcomes of PROTECTION, in people and person-days at full scale."""
        toll, network = self.toll, self.network
        into = network.intensity[:, network.destination] > 0
        found = {
            "displaced": self.events(Event.STARTED),
            "in_camps": int(toll.inside[-1].sum()),
            "travel_person_days": int(toll.travelling.sum()),
            "conflict_person_days": int(toll.in_conflict.sum()),
            "conflict_entries": int((self.counts.flow * into).sum()),
            "turned_away": self.events(Event.UNMET_SHELTER),
            "outside_person_days": int(toll.outside.sum()),
            "stranded_person_days": int(toll.stranded.sum()),
        }
        return {name: found[name] / self.scale for name in PROTECTION}
