"""Cross-field checks: what no single key or row shows, such as unknown names or dates out of order."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.spec.check_document import check_document
from simulation.spec.check_routes import check_routes
from simulation.spec.check_tables import check_tables
from simulation.spec.findings import Finding
from simulation.spec.models import Scenario

__all__ = ["Finding", "check_scenario"]


def check_scenario(scenario: Scenario) -> list[Finding]:
    """Return every error and warning of a scenario, errors first."""
    found = list(_all(scenario))
    return sorted(found, key=lambda finding: finding.severity != "error")


def _all(scenario: Scenario) -> Iterator[Finding]:
    yield from check_document(scenario)
    yield from check_tables(scenario)
    yield from check_routes(scenario)
