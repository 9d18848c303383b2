"""Notes on the dose-response panel: how the signs of each lever come about, surprises among them."""

from __future__ import annotations

from experiments.dose_levers import DOSES

NOTES: dict[str, str] = {dose.lever: "" for dose in DOSES}
