"""The key figures of a benchmark, and what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.measured import Result, median

_M = 1e6
Figures = dict[str, float | None]


@dataclass(frozen=True)
class Target:
    """One line of what must hold; ``holds`` is None where it was not measured, or not at the size it is asked at."""

    what: str
    asked: str
    found: str
    holds: bool | None


def _of(found: dict[str, Any], part: str, key: str, column: str) -> float | None:
    rows = found.get(part, {}).get(key)
    return median(rows, column) if isinstance(rows, list) and rows else None


def _largest(found: dict[str, Any], years: float, threads: int = 1) -> list[Result]:
    """Return the medians of the full model over so many years, by rising number of people."""
    rows = []
    for key, of in found.get("route", {}).items():
        _, of_years, of_threads = key.split("/")
        if isinstance(of, list) and float(of_years) == years and int(of_threads) == threads:
            rows.append({name: median(of, name) for name in ("people", "active", "ns_a_day", "seconds")})
    return sorted(rows, key=lambda row: row["people"])


def _ratio(a: float | None, b: float | None) -> float | None:
    return a / b if a is not None and b else None


def _flatness(found: dict[str, Any]) -> float | None:
    """Return the largest over the smallest cost of a person-day among 10^5 people and more, over the first year."""
    costs = [row["ns_a_day"] for row in _largest(found, 1) if row["people"] > 50_000]
    return max(costs) / min(costs) if len(costs) > 1 else None


def _part(found: dict[str, Any], part: str, key: str) -> float | None:
    of = found.get(part)
    return of.get(key) if isinstance(of, dict) else None


def key_figures(found: dict[str, Any]) -> Figures:
    """Return the figures that the history keeps; speeds in million person-days a second, times in seconds."""
    ours = _of(found, "r", "engine/1", "padded")
    active = _of(found, "r", "engine/1", "active")
    whole, first_year, three_years = _largest(found, 0), _largest(found, 1), _largest(found, 3)
    route = (whole or first_year)[-1:]
    return {
        "r_people": _of(found, "r", "engine/1", "people"),
        "r_padded": None if ours is None else ours / _M,
        "r_active": None if active is None else active / _M,
        "r_two_threads": _ratio(_of(found, "r", "engine/2", "padded"), ours),
        "r_over_mesa": _ratio(ours, _of(found, "r", "mesa_tuned/1", "padded")),
        "r_over_mesa_frames": _ratio(ours, _of(found, "r", "mesa_frames/2", "padded")),
        "r_over_numpy": _ratio(ours, _of(found, "r", "numpy/1", "padded")),
        "r_over_loop": _ratio(ours, _of(found, "r", "numba/1", "padded")),
        "r_over_flee": _ratio(ours, _of(found, "r", "flee/1", "padded")),
        "route_people": route[0]["people"] if route else None,
        "route_active": route[0]["active"] / _M if route else None,
        "route_flatness": _flatness(found),
        "route_three_years_s": three_years[0]["seconds"] if three_years else None,
        "history_s": _part(found, "history", "seconds"),
        "import_s": _part(found, "start", "import_s"),
        "cold_s": _part(found, "start", "cold_s"),
        "warm_s": _part(found, "start", "warm_s"),
    }


# Figures that are asked for at so many people, and the figure that says how many there were.
_ASKED_AT = 1e6
_SIZE = dict.fromkeys(
    ("r_padded", "r_active", "r_two_threads", "r_over_mesa", "r_over_mesa_frames"), "r_people"
)
_SIZE["route_active"] = "route_people"

# Key figure, what it is, what is asked: at least (1) or below (-1) a number, in a unit.
_ASKED: tuple[tuple[str, str, int, float, str], ...] = (
    ("r_padded", "workload R, one thread, padded", 1, 300.0, "million a second"),
    ("r_active", "workload R, one thread, active", 1, 195.0, "million a second"),
    ("r_two_threads", "workload R, two threads over one", 1, 1.7, "times"),
    ("r_over_mesa", "workload R over tuned Mesa", 1, 100.0, "times"),
    ("r_over_mesa_frames", "workload R over mesa-frames (it on 2 threads)", 1, 20.0, "times"),
    ("route_active", "full model, one thread, active", 1, 60.0, "million a second"),
    ("route_flatness", "full model, cost of a person-day, dearest over cheapest", -1, 1.5, "times"),
    ("history_s", "history 2014-2022 at scale 1, end to end", -1, 60.0, "s"),
    ("route_three_years_s", "100,000 people, three years, warm", -1, 2.0, "s"),
    ("cold_s", "compiling everything", -1, 60.0, "s"),
    ("warm_s", "first run of a process, compiled code at hand", -1, 3.0, "s"),
)


def targets(found: dict[str, Any]) -> list[Target]:
    """Return what is asked beside what was found."""
    figures, rows = key_figures(found), []
    for key, what, sign, asked, unit in _ASKED:
        value, word = figures[key], "at least" if sign > 0 else "below"
        if value is None:
            rows.append(Target(what, f"{word} {asked:g} {unit}", "", None))
            continue
        size = figures.get(_SIZE.get(key, ""))
        holds: bool | None = value >= asked if sign > 0 else value < asked
        if key in _SIZE and (size is None or size < 0.9 * _ASKED_AT):
            holds = None
        rows.append(Target(what, f"{word} {asked:g} {unit}", f"{value:,.2f} {unit}", holds))
    return rows
