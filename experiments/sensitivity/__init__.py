"""Which uncertain numbers drive an outcome, or the difference of two policies, and which data would settle them."""

from __future__ import annotations

from experiments.sensitivity.analyse import Sensitivity, analyse_sensitivity, compute_sensitivity

__all__ = ["Sensitivity", "analyse_sensitivity", "compute_sensitivity"]
