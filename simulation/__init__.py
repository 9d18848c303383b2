"""Safe Passage's model: what policies do to people on a route, usable with no other package present."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.lazy import export

if TYPE_CHECKING:
    from simulation.run import run as run
    from simulation.spec.load import load_scenario as load_scenario

__version__ = "0.1.0"
__all__ = ["__version__", "load_scenario", "run"]

export(__name__, {"load_scenario": "simulation.spec.load", "run": "simulation.run"})
