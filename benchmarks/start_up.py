"""What a run costs before it begins: importing, compiling everything once, starting with compiled code at hand.

Usage: python -m benchmarks.start_up [--cold]
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from benchmarks.measured import ROOT, Result, ask, tell

if TYPE_CHECKING:
    from simulation.spec.models import Scenario

_COMPILING = 120  # days of the route at a small scale, in which every kernel is called


def import_seconds() -> float:
    """Return seconds to import the model in a fresh process, Python's own start left out."""
    code = "import time; t = time.perf_counter(); import simulation.model; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def command_seconds() -> float:
    """Return seconds until the command line has answered --help."""
    begin = time.perf_counter()
    code = "from experiments.cli import main; main(['--help'])"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - begin


def never_compiled() -> list[str]:
    """Return the kernels called from Python that this process has not called."""
    import simulation.kernels  # noqa: PLC0415 - its import is part of what other functions here measure

    found = []
    for info in pkgutil.iter_modules(simulation.kernels.__path__):
        module = importlib.import_module(f"simulation.kernels.{info.name}")
        for name, value in vars(module).items():
            options = getattr(value, "targetoptions", {})
            is_here = getattr(value, "__module__", "") == module.__name__
            if is_here and options.get("nogil") and not value.signatures:
                found.append(f"{info.name}.{name}")
    return found


def with_levers(scenario: Scenario) -> Scenario:
    """Return the scenario with levers that its first months lack, so that no kernel stays unused."""
    from simulation.spec.models import Levers  # noqa: PLC0415

    added = Levers.model_validate(
        {
            "legal_pathways": [{"processing": "5 days", "acceptance": 0.5, "awareness": 1.0}],
            "relocation": [{"places": "1000 persons/day"}],
        }
    )
    change = {name: getattr(added, name) for name in ("legal_pathways", "relocation")}
    levers = scenario.document.levers.model_copy(update=change)
    document = scenario.document.model_copy(update={"levers": levers})
    return scenario.model_copy(update={"document": document})


def first_run() -> Result:
    """Return seconds to live the first months with few people in this process, imports and compiling in them."""
    begin = time.perf_counter()
    from benchmarks.full_model import FOLDER, cut, live  # noqa: PLC0415 - importing is part of what is measured
    from simulation import RouteModel, load_scenario  # noqa: PLC0415

    scenario = with_levers(cut(load_scenario(FOLDER / "baseline.yaml"), days=_COMPILING))
    live(RouteModel(scenario, scale=0.002, threads=1))
    first = time.perf_counter() - begin
    begin = time.perf_counter()
    live(RouteModel(scenario, scale=0.002, threads=1))
    return {"first": first, "again": time.perf_counter() - begin, "never_compiled": never_compiled()}


def measure(*, cold: bool) -> Result:
    """Return seconds of every kind of start; compiling into an empty cache is asked for, it takes a minute."""
    with tempfile.TemporaryDirectory() as cache:
        fresh = {"XDG_CACHE_HOME": cache}
        compiled = ask("start_up", "--run", environment=fresh) if cold else None
        warm = ask("start_up", "--run", environment=fresh if cold else None)
    return {
        "import_s": min(import_seconds() for _ in range(3)),
        "help_s": min(command_seconds() for _ in range(3)),
        "cold_s": compiled["first"] - compiled["again"] if compiled else None,
        "warm_s": warm["first"] - warm["again"],
        "never_compiled": warm["never_compiled"],
    }


def main() -> None:
    """Measure, or be the process that is measured."""
    parser = argparse.ArgumentParser(description="Import, compile and start-up times.")
    parser.add_argument("--cold", action="store_true", help="compile into an empty cache too")
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    of = parser.parse_args()
    tell(first_run() if of.run else measure(cold=of.cold))


if __name__ == "__main__":
    main()
