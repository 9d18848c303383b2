"""Questions asked of the model: comparisons of policies with their uncertainty, charts and maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.lazy import export

if TYPE_CHECKING:
    from experiments.compare import compare as compare

__all__ = ["compare"]

export(__name__, {"compare": "experiments.compare"})
