"""The reference of observation files agrees with the models, and the example of the page loads."""

from __future__ import annotations

import re
from pathlib import Path

from made_up_observations import write
from small_worlds import route

from calibration.observation.load import load_observation
from calibration.observation.models import SeriesDocument
from calibration.observation.publish import build_reference, write_file

DOCS = Path(__file__).parents[2] / "docs"


def test_the_published_reference_is_in_step_with_the_models(tmp_path: Path) -> None:
    write_file(tmp_path)
    published, made = (
        (folder / "observation_reference.md").read_text(encoding="utf-8") for folder in (DOCS, tmp_path)
    )
    assert published == made, "docs/observation_reference.md is out of step: run `make reference`"


def test_the_reference_names_every_key() -> None:
    reference = build_reference()
    assert all(
        f"| `{field.alias or name}` |" in reference for name, field in SeriesDocument.model_fields.items()
    )


def test_the_example_of_the_page_is_sound(tmp_path: Path) -> None:
    page = (DOCS / "observation_model.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.S)
    loaded = load_observation(write(tmp_path, example), route())
    assert list(loaded.document.series) == ["landings"]
