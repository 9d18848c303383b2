"""Replicates that draw fitted numbers from a posterior: its draws as a design."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from experiments.design import Design
from simulation.spec.models import Scenario

if TYPE_CHECKING:
    from calibration.posterior import Posterior


def design_of_posterior(
    posterior: Posterior, scenarios: Iterable[Scenario], seed: int, replicates: int
) -> Design:
    """Return a design whose rows are draws of a posterior; a replicate keeps its draw when others are added.

    Raises:
        ResultError: The posterior was fitted to other ranges than the scenarios'.
    """
    posterior.check_scenarios(scenarios)
    points = posterior.uniforms[posterior.choose(seed, replicates)]
    return Design("posterior", posterior.factors, posterior.members, points, center=posterior.center)
