"""The language of observation files for people: docs/observation_reference.md, made from the models' own docs.

``python -m calibration.observation.publish`` writes it; a test fails when it no longer agrees with the models.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from calibration.observation.models import (
    PRESENT,
    Noise,
    ObservationDocument,
    Observes,
    RatePeriod,
    Scope,
    Select,
    SeriesDocument,
    Who,
)
from calibration.priors import Prior
from simulation.outcomes import COUNTED, RECORDABLE
from simulation.spec.publish import describe_fields, doc_of, table_lines

HEAD = """# Reference of observation files

Made from the models in `calibration/observation` by `make reference`; do not edit. Start with
[observation_model.md](observation_model.md).

An observation file is a YAML 1.2 file. Unknown keys are errors, and every problem is said at once, with its line.
"""
SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("Keys of the file", ObservationDocument),
    ("series, each entry", SeriesDocument),
    ("observes", Observes),
    ("observes.where", Scope),
    ("observes.who and share_of", Who),
    ("select", Select),
    ("noise, each entry", Noise),
    ("clumping, sd, correlation, selection", Prior),
    ("rates, each period", RatePeriod),
)


_VALUES = {
    "`noise`": "names and entries",
    "`rates`": "names and lists of periods",
    "`series`": "names and entries",
}
"""Words for what the types of the models do not say by themselves."""


def build_reference() -> str:
    """Return the reference: every key, every count, every segment."""
    return HEAD + "\n".join([*_sections(), *_names()]) + "\n"


def _sections() -> Iterator[str]:
    for title, model in SECTIONS:
        yield f"\n## {title}\n{doc_of(model)}\n"
        values = _VALUES if model is ObservationDocument else {}
        rows = describe_fields(model)
        yield from table_lines([(key, values.get(key, value), *rest) for key, value, *rest in rows])


def _names() -> Iterator[str]:
    yield (
        "\n## Counts\nWhat `observes.counts` may name: "
        + ", ".join(f"`{name}`" for name in [*COUNTED, PRESENT])
        + "."
    )
    yield (
        "\n## Segments\nWhat `observes.where.segment` may name: "
        + ", ".join(f"`{name}`" for name in RECORDABLE)
        + "."
    )


def write_file(folder: Path) -> None:
    """Write observation_reference.md into a folder."""
    (folder / "observation_reference.md").write_text(build_reference(), encoding="utf-8")


if __name__ == "__main__":
    write_file(Path(__file__).parents[2] / "docs")
