"""Safe Passage: what happens to people on the Sahel and Central Mediterranean routes under different policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.lazy import export

if TYPE_CHECKING:
    from simulation.model import RouteModel
    from simulation.runner import run
    from simulation.spec.load import load_scenario

__version__ = "0.1.0"  # the one place of the version: pyproject.toml reads it here
__all__ = ["RouteModel", "__version__", "load_scenario", "run"]

export(
    __name__,
    {"RouteModel": "simulation.model", "run": "simulation.runner", "load_scenario": "simulation.spec.load"},
)
