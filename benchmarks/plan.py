"""What the quick and the full benchmark measure: sizes and repeats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """Workload R: an implementation, with so many people, on so many threads."""

    name: str
    people: int
    threads: int = 1

    @property
    def key(self) -> str:
        """Return the name of its row."""
        return f"{self.name}/{self.threads}"


@dataclass(frozen=True)
class RouteCase:
    """The full model: so many people over the first years (0: all), so many times."""

    people: int
    years: float
    threads: int = 1
    repeats: int = 3

    @property
    def key(self) -> str:
        """Return the name of its row."""
        return f"{self.people}/{self.years:g}/{self.threads}"


@dataclass(frozen=True)
class Plan:
    """All that one call measures."""

    name: str
    repeats: int
    peers: tuple[Case, ...]
    route: tuple[RouteCase, ...]
    growth_people: int
    growth_points: int
    growth_repeats: int
    cold: bool
    history: bool


def _peers(size: int) -> tuple[Case, ...]:
    """Return the cases with so many people on our engine; slower peers get fewer."""
    return (
        Case("engine", size),
        Case("engine", size, threads=2),
        Case("engine_daily", size),
        Case("numba", size),
        Case("numpy", 3 * size // 10),
        Case("mesa_frames", size // 10),
        Case("mesa_frames", size // 10, threads=2),
        Case("mesa_tuned", size // 25),
        Case("mesa_idiomatic", size // 500),
        Case("flee", size // 500),
    )


FULL = Plan(
    name="full",
    repeats=3,
    peers=_peers(1_000_000),
    route=(
        *(RouteCase(people, 1) for people in (10_000, 100_000, 1_000_000)),
        RouteCase(10_000_000, 1, repeats=1),
        RouteCase(1_000_000, 0),
        RouteCase(100_000, 3),
        RouteCase(1_000_000, 0, threads=2),
    ),
    growth_people=20_000,
    growth_points=3,
    growth_repeats=3,
    cold=True,
    history=True,
)
QUICK = Plan(
    name="quick",
    repeats=1,
    peers=_peers(100_000),
    route=(
        RouteCase(10_000, 1, repeats=1),
        RouteCase(100_000, 1, repeats=1),
        RouteCase(100_000, 1, threads=2, repeats=1),
    ),
    growth_people=2_000,
    growth_points=2,
    growth_repeats=1,
    cold=False,
    history=False,
)
