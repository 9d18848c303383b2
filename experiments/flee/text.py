"""The validation of a case as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from experiments.flee.validation import Validation, camp_table, score_table
from experiments.harm_text import align
from simulation.displacement.observed import displaced_by_day
from simulation.displacement.result import PROTECTION

Cells = list[tuple[str, ...]]


def render(found: Validation) -> Iterator[str]:
    """Yield the lines of a validation: scores, camps, protection outcomes."""
    case, seeds = found.case, len(found.forecast)
    yield f"{case.name}: {case.days} days from {case.start}, {len(case.camps)} camps, {_seeds(seeds)}"
    yield ""
    yield "Averaged relative difference over all days, 0 is exact; rescaled: shares only, at most 2"
    yield from align(score_cells(found))
    yield ""
    yield "Camps (share of people over all days; people on the last day; what each adds to the rescaled difference)"
    yield from align(camp_cells(found))
    yield ""
    yield f"What people were exposed to (mean of {_seeds(seeds)}; the data know none of it)"
    yield from align([(words, value) for words, value in protection_cells(found)])
    if not _follows_totals(found):
        yield ""
        yield "People are displaced by conflict here, not after the observed total: compare the rescaled difference."


def _seeds(n: int) -> str:
    return f"{n} seed{'' if n == 1 else 's'}"


def _follows_totals(found: Validation) -> bool:
    return found.case.spawning.mode == "totals" and bool(displaced_by_day(found.case)[-1] > 0)


def _number(value: float, deviation: float = np.nan) -> str:
    return f"{value:.3f}" if np.isnan(deviation) else f"{value:.3f} +- {deviation:.3f}"


def score_cells(found: Validation) -> Cells:
    """Return the scores as cells, a header first; spread is the standard deviation over seeds."""
    cells: Cells = [("forecast", "rescaled", "as it is")]
    for row in score_table(found).itertuples():
        rescaled = _number(float(row.rescaled), float(row.rescaled_sd))  # type: ignore[arg-type]
        as_is = _number(float(row.difference), float(row.difference_sd))  # type: ignore[arg-type]
        cells.append((str(row.forecast), rescaled, as_is))
    return cells


def camp_cells(found: Validation) -> Cells:
    """Return the camps as cells, a header first. Observed people below 10 are not shown."""
    cells: Cells = [("camp", "observed", "forecast", "observed at end", "forecast at end", "adds")]
    columns = ["camp", "observed_share", "forecast_share", "observed_end", "forecast_end", "adds"]
    for camp, observed, forecast, at_end, forecast_end, adds in camp_table(found)[columns].itertuples(
        index=False, name=None
    ):
        shown = f"{at_end:,.0f}" if at_end >= 10 or at_end == 0 else "<10"
        cells.append(
            (camp, f"{observed:.1%}", f"{forecast:.1%}", shown, f"{forecast_end:,.0f}", f"{adds:.3f}")
        )
    return cells


def protection_cells(found: Validation) -> list[tuple[str, str]]:
    """Return (words, number) of the protection outcomes."""
    mean = found.protection.mean()
    return [(words, f"{mean[name]:,.0f}") for name, words in PROTECTION.items()]
