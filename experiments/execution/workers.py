"""What a Dask worker holds and does: the plan once a worker, then one unit after the other."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Any

import cloudpickle
from distributed import Worker, get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from experiments.execution.code import hash_model_code
from experiments.execution.model import Model
from experiments.execution.units import Evaluated, Unit, evaluate_unit
from experiments.plan import Plan

_PACKAGES = ("safepassage", "numpy", "numba", "scipy", "pandas", "pyarrow", "distributed")


class MismatchError(Exception):
    """A worker has other code or versions than the process that asked."""


class Workplace(WorkerPlugin):
    """A plan and its model on a worker; workers that join later get it too."""

    idempotent = True

    def __init__(self, name: str, plan: Plan, model: Model, versions: dict[str, str]) -> None:
        self.name = name
        self._wanted = versions
        self._packed: bytes = cloudpickle.dumps((plan, model))
        self._job: tuple[Plan, Model] | None = None
        self._reason: str | None = None

    def setup(self, worker: Worker) -> None:
        """Look whether this worker would give the same numbers."""
        self._reason = compare_versions(self._wanted, find_versions())

    def evaluate(self, unit: Unit) -> Evaluated:
        """Return what became of a unit.

        Raises:
            MismatchError: This worker would not give the same numbers.
        """
        if self._reason is not None:
            raise MismatchError(self._reason)
        if self._job is None:  # built once; two threads that build it twice do no harm
            self._job = cloudpickle.loads(self._packed)
        plan, model = self._job
        return evaluate_unit(plan, model, unit)


def evaluate_here(name: str, unit: Unit) -> Evaluated:
    """Evaluate a unit on the worker that runs this."""
    workplace: Workplace = get_worker().plugins[name]
    return workplace.evaluate(unit)


def find_versions() -> dict[str, str]:
    """Return what must be the same for the same numbers: the model's code, Python and packages."""
    found = {"model code": hash_model_code()[:12], "Python": ".".join(platform.python_version_tuple()[:2])}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def compare_versions(wanted: dict[str, str], found: dict[str, Any]) -> str | None:
    """Return in words what differs, None if nothing does."""
    differing = [
        f"{name} {found.get(name)} (here {own})" for name, own in wanted.items() if found.get(name) != own
    ]
    return ", ".join(differing) or None
