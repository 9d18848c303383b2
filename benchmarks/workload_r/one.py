"""One timed run of one implementation of workload R in this process; prints one line of JSON.

Usage: python -m benchmarks.workload_r.one NAME PEOPLE [--threads 1]
A short run of few people comes first, so that compiling and first imports are not in the time of the run.
"""

from __future__ import annotations

import argparse
import importlib
import resource
import time

from benchmarks.measured import Result, tell
from benchmarks.workload_r import definition as r
from benchmarks.workload_r.expected import Terms, expect, largest_z

# Name: module, class, options, whose terms its results must meet (None: they cannot be compared).
IMPLEMENTATIONS = {
    "engine": ("engine", "EngineR", {}, Terms.ENGINE),
    "engine_daily": ("engine", "EngineR", {"daily": True}, Terms.ENGINE),
    "numba": ("peer_numba", "Peer", {}, Terms.REFERENCE),
    "numpy": ("peer_numpy", "Peer", {}, Terms.REFERENCE),
    "mesa_frames": ("peer_mesa_frames", "Peer", {}, Terms.REFERENCE),
    "mesa_tuned": ("peer_mesa", "Peer", {}, Terms.REFERENCE),
    "mesa_idiomatic": ("peer_mesa", "IdiomaticPeer", {}, Terms.REFERENCE),
    "flee": ("peer_flee", "Peer", {}, None),
}
_WARM_UP_PEOPLE, _WARM_UP_DAYS = 1000, 100


def measure(name: str, people: int, days: int, threads: int) -> Result:
    """Return seconds, person-days a second, memory and the deviation from the exact expectation of a run."""
    module, of, options, terms = IMPLEMENTATIONS[name]
    begin = time.perf_counter()
    kind = getattr(importlib.import_module(f"benchmarks.workload_r.{module}"), of)
    imported = time.perf_counter()
    kind(_WARM_UP_PEOPLE, days=_WARM_UP_DAYS, threads=threads, **options).run()
    warm = time.perf_counter()
    run = kind(people, days=days, threads=threads, **options)
    built = time.perf_counter()
    shares = run.run()
    seconds = time.perf_counter() - built
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    result: Result = {
        "name": name, "people": people, "days": days, "threads": threads, "seconds": seconds,
        "import_s": imported - begin, "warm_up_s": warm - imported, "set_up_s": built - warm,
        "padded": people * days / seconds, "active": shares.active * people * days / seconds,
        "active_share": shares.active, "bytes_a_person": run.bytes_a_person(), "peak_rss": peak,
    }  # fmt: skip
    if terms is not None:
        expected = expect(r.make_people(people), terms, days)
        result["z"] = largest_z(shares, expected, people)
        result["final"] = dict(zip(r.STATES, shares.outcome[-1].tolist(), strict=True))
        result["expected"] = dict(zip(r.STATES, expected.outcome[-1].tolist(), strict=True))
    return result


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description="One timed run of one implementation of workload R.")
    parser.add_argument("name", choices=IMPLEMENTATIONS)
    parser.add_argument("people", type=int)
    parser.add_argument("--days", type=int, default=r.DAYS)
    parser.add_argument("--threads", type=int, default=1)
    of = parser.parse_args()
    tell(measure(of.name, of.people, of.days, of.threads))


if __name__ == "__main__":
    main()
