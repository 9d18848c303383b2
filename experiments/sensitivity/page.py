"""The page on sensitivity, with the table of what would settle each kind of number: docs/sensitivity.md.

``python -m experiments.sensitivity.page docs/sensitivity.md`` writes it; a test fails when it is out of step.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from experiments.sensitivity.numbers import find_numbers, find_weakest
from experiments.sensitivity.settling import find_settling
from simulation.spec.load import load_scenario
from simulation.spec.models import Scenario

SHIPPED = Path(__file__).parents[2] / "scenarios" / "central_mediterranean" / "baseline.yaml"

HEAD = """# Which assumptions drive the answer

Made by `python -m experiments.sensitivity.page docs/sensitivity.md`; the table at the end is made from the tables of the
map. Ask for it with `safepassage plan run experiments/plans/sensitivity.yaml`. Any comparison
of at least 8 draws says it too, more coarsely.

## What is computed
For the level of each outcome in the baseline, and for the **difference** of every other arm from it, row by row of the design.

| design | index | what it says |
|---|---|---|
| `morris` | `mu_star` | how far the outcome moves, in its own unit, when the number goes through its range and all others are held; mean over trajectories. `mu` is the same with its sign, `sigma` is large where the effect depends on other numbers (Morris 1991; Campolongo and others 2007) |
| `saltelli` | `total`, `first` | share of the variance that goes with the number: alone (`first`; Saltelli and others 2010), and alone or with others (`total`; Jansen 1999). With `second_order`, `sensitivity_pairs.csv` has pairs |
| any other, draws at least 10 more than numbers | `prcc` | partial rank correlation: monotone relation, all other numbers held (Marino and others 2008) |
| any other, fewer draws | `spearman` | rank correlation, the other numbers being part of the noise |

Intervals are 95%: bootstrap over trajectories or blocks (SALib), Fisher's for correlations.

## What is luck
- `luck_share` in `sensitivity_outcomes.csv` is the variance over seeds at the default parameters (kind `monte_carlo`; or over
  repeated rows with seeds of their own), over the variance over the design, with its interval. With few seeds it is known
  badly: give `seeds_only` at least 10.
- `chance` is the size an index may have by luck alone, `beyond_chance` whether it is above it. For `mu_star`: what no factor
  of so many exceeds by luck, 95 times in 100. For `total`: the luck share, since luck enters every total index. With one seed
  for all rows the luck is mostly the same in all, and both are cautious.
- For correlations: `leads` have a p-value of at most 5%; `leads_by_chance` would have it if no number mattered;
  `q_value` is adjusted by Benjamini and Hochberg's method, and `beyond_chance` is yes where it is at most 5%. Twenty draws of
  seven hundred numbers point nowhere by themselves: they give leads, to be followed with `morris`. The chart shows a
  difference only where some number stands. Unit costs are left out but for costs, shares recorded but for records.
- A failed run takes its trajectory or block with it; how many is in `dropped`. With fewer than 4 trajectories, 16 blocks or
  8 draws there is no index, and `note` says so. An outcome that never varied has none either.

An index is about the range that a number is given here, in this model. A number may matter little because it is known well,
and much because its range is wide; that is what the column on data is for.

## Which data would settle a number
The confidence of a factor is that of its weakest number; *not graded* are stays, fares and capacities, whose row has a
confidence for the place or way itself. What would settle it follows from the kind of number:
"""  # noqa: E501  rows of a Markdown table cannot be broken


def write_page(scenario: Scenario) -> Iterator[str]:
    """Yield the lines of the page for a scenario's numbers."""
    yield HEAD
    yield "| kind of number | data that would settle it | numbers | of them weakest | for example |"
    yield "|---|---|---|---|---|"
    numbers = find_numbers(scenario)
    kinds = {name: find_settling(name) for name in numbers}
    counts = Counter(kinds.values())
    for settling, n in counts.most_common():
        names = [name for name, found in kinds.items() if found == settling]
        weakest = find_weakest([number.confidence for name in names for number in numbers[name]])
        yield f"| {settling.kind} | {settling.data} | {n} | {weakest} | `{names[0]}` |"


def main(page: Path) -> None:
    """Write the page."""
    page.write_text("\n".join(write_page(load_scenario(SHIPPED))) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
