"""Makes the shipped table of observed numbers from a folder of observed series: what may be shipped, and no more.

``python -m calibration.data.make FOLDER`` writes ``observed.csv`` and ``sources.csv`` beside this file. It leaves out:

- figures that are only remembered, and figures whose terms do not allow to publish them again: those of
  ``UNCLEAR_TERMS``, and all of IOM's Displacement Tracking Matrix; a fit can read them from the folder itself;
- round interceptions, which the sources give as "over" or "about";
- what a nationality counts in a month below 10: it goes to ``nationality:other``, so that nationalities still add up.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.data import OBSERVED, SOURCES
from calibration.readers.folder import read_folder
from calibration.table import SMALL, ObservedTable, build_table

FIRST, LAST = "2014-01-01", "2022-12-31"
UNCLEAR_TERMS = ("IOM_MEDX",)
ROUND = 1000
DETECTIONS, INTERCEPTIONS, ARRIVALS = "detections", "interceptions", "arrivals_sea"
SERIES = {
    DETECTIONS: ("CMR",),
    "deaths_recorded": (
        "central_med", "libya_land", "north_africa_land", "sahara", "sahara_east", "sahara_west", "sahel_wca_land",
    ),
    ARRIVALS: ("ITA",),
    INTERCEPTIONS: ("LBY", "TUN"),
    "share_of_arrivals_sea": ("ITA",),
    "share_of_interceptions": ("LBY",),
}  # fmt: skip
"""Indicator -> places that are shipped."""
REPORTING = {
    "source_id": "zens_sigman_2026",
    "publisher": "Zens and Sigman (arXiv 2603.19986)",
    "title": "Probabilistic estimation of hidden migrant fatalities along the Central Mediterranean route",
    "date": "2026-03-20",
    "url": "https://arxiv.org/abs/2603.19986",
    "terms": "fact cited: 66 to 85 per cent of fatalities recorded in 2014-2025 (95 per cent interval)",
}
"""No row has it as its source: the share of deaths that are recorded, which whoever uses the deaths must know."""


def choose_rows(table: ObservedTable) -> ObservedTable:
    """Return the rows that are shipped."""
    rows = table.rows
    keep = (rows["from"] >= FIRST) & (rows["to"] <= LAST) & (rows["confidence"] != "recalled")
    keep &= ~rows["source"].isin(UNCLEAR_TERMS)
    for what in set(rows["indicator"]):
        keep &= (rows["indicator"] != what) | rows["place"].isin(SERIES.get(what, ()))
    keep &= ~((rows["indicator"] == INTERCEPTIONS) & (rows["value"] % ROUND == 0))
    # Ministry figures by nationality are cumulative and start in 2017; detections have the nationalities by month.
    keep &= ~((rows["indicator"] == ARRIVALS) & rows["group"].str.startswith("nationality:"))
    return _merge_small(ObservedTable(rows[keep].reset_index(drop=True)))


def _merge_small(table: ObservedTable) -> ObservedTable:
    """Return the table with nationalities of a month below ``SMALL`` added up as one, and more until none is small."""
    rows = table.rows
    named = rows["group"].str.startswith("nationality:")
    kept, others = [rows[~named]], rows[named]
    for _, month in others.groupby("from"):
        order = month.sort_values("value", kind="stable", ignore_index=True)
        small = int((order["value"] < SMALL).sum())
        while 0 < order["value"].head(small).sum() < SMALL and small < len(order):
            small += 1
        kept.append(order.iloc[small:])
        if small:
            kept.append(
                order.head(1).assign(group="nationality:other", value=order["value"].head(small).sum())
            )
    return build_table(pd.concat(kept, ignore_index=True).replace({np.nan: None}).to_dict("records"))


def choose_sources(table: ObservedTable, sources: pd.DataFrame) -> pd.DataFrame:
    """Return the sources of a table, and that of the share of deaths that are recorded.

    Raises:
        SystemExit: A row cites a source that is not in the table of sources.
    """
    used = set(table.rows["source"])
    if unknown := sorted(used - set(sources["source_id"])):
        raise SystemExit(f"rows cite sources that are not in the table of sources: {', '.join(unknown)}")
    chosen = pd.concat(
        [sources[sources["source_id"].isin(used)], pd.DataFrame([REPORTING])], ignore_index=True
    )
    return chosen.rename(columns={"source_id": "key"})


def main(folder: Path) -> None:
    """Write the shipped table and its sources."""
    table = choose_rows(read_folder(folder))
    table.write(OBSERVED, small_counts=True)  # deaths of a month in a whole desert are published as they are
    sources = choose_sources(table, pd.read_csv(folder / "sources.csv"))
    sources.to_csv(SOURCES, index=False, lineterminator="\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
