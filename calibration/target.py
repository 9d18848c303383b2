"""The posterior density that is sampled: independent standard normals a priori, times the likelihood of the cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from calibration.cells import Floats, ObservationModel
from calibration.emulator import Emulator
from calibration.space import Space, to_uniforms

POSSIBLE = (-20.0, 25.0)
"""Logs of true means: from nobody to more people than there are."""
_LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class Target:
    """Unknowns of a fit as independent standard normals: theta first, then the emulator's error, then psi.

    The emulator's own error is sampled with the rest: one standard normal for each of its components. Its covariance
    then needs no matrix of all cells at every step, and what the data say of it is used.

    Attributes:
        space: theta with its prior.
        emulator: Log true cells at scores of theta.
        observation: What was observed of them.
    """

    space: Space
    emulator: Emulator
    observation: ObservationModel

    @cached_property
    def left_out(self) -> Floats | None:
        """(n_cells, n_cells) covariance of log true means that no component accounts for; None where there is none."""
        truncation = self.emulator.uncertainty.truncation
        return np.diag(truncation**2) if truncation.any() else None

    @property
    def n_theta(self) -> int:
        """Number of fitted factors."""
        return self.space.n_fitted

    @property
    def n_error(self) -> int:
        """Number of the emulator's components."""
        return len(self.emulator.components)

    @property
    def n_unknown(self) -> int:
        """Number of unknowns."""
        return self.n_theta + self.n_error + len(self.observation.names)

    def scores(self, z: Floats) -> Floats:
        """Return the scores (n, n_theta) of the factors."""
        return self.space.colour(z[:, : self.n_theta])

    def psi(self, z: Floats) -> Floats:
        """Return the values (n, n_psi) of the observation model's parameters."""
        return self.observation.scale_psi(to_uniforms(z[:, self.n_theta + self.n_error :]))

    def log_true(self, z: Floats) -> Floats:
        """Return log true means (n, n_cells), the emulator's error of the components included."""
        error = z[:, self.n_theta : self.n_theta + self.n_error]
        # Far from all runs the emulator may leave what any count can be; a search for the mode passes there.
        return np.clip(self.emulator.mean(self.scores(z)) + error @ self.emulator.factor, *POSSIBLE)

    def log_likelihood(self, z: Floats) -> Floats:
        """Return (n,) log densities of what was observed at unknowns (n, n_unknown)."""
        return self.observation.log_likelihood(self.log_true(z), self.left_out, self.psi(z))

    def log_density(self, z: Floats) -> Floats:
        """Return (n,) log posterior densities, up to a constant; minus infinity where there is none."""
        with np.errstate(all="ignore"):
            found = self.log_likelihood(z) - 0.5 * (z**2).sum(axis=1) - 0.5 * self.n_unknown * _LOG_2PI
        return np.where(np.isfinite(found), found, -np.inf)
