"""Safe Passage: what happens to people on the Sahel and Central Mediterranean routes under different policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.model import RouteModel
    from simulation.runner import run
    from simulation.spec.load import load_scenario

__version__ = "0.1.0"  # the one place of the version: pyproject.toml reads it here
__all__ = ["RouteModel", "__version__", "load_scenario", "run"]

_HOMES = {"RouteModel": "simulation.model", "run": "simulation.runner", "load_scenario": "simulation.spec.load"}


def __getattr__(name: str) -> Any:
    """Import on first use, so that the command line starts quickly."""
    if name in _HOMES:
        from importlib import import_module  # noqa: PLC0415

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
