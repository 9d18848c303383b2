"""Writing the analyses: tables as CSV, pictures with the data behind them and the same in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from experiments.folder import write_csv
from experiments.pictures import describe_draws, house_style, save
from experiments.plan import Plan
from experiments.robustness.harm_values import say_basis
from experiments.robustness.tables import BOUGHT, PLANE, ROBUSTNESS, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure
