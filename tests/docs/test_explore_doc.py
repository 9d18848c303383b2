"""What docs/explore.md says of the levers on the page is so."""

from __future__ import annotations

import re
from pathlib import Path

from experiments.explore.dials import DIALS
from tests.pages import find_dead_links

PAGE = Path(__file__).parents[2] / "docs" / "explore.md"


def test_every_lever_of_the_page_is_told():
    told = re.findall(r"^\| ([A-Z][a-z ]+) \| `(\w+): (\w+)`", PAGE.read_text(encoding="utf-8"), re.M)
    assert told == [
        (dial.label, dial.key, next(k for k in dial.settings(dial.steps[0])[0] if k != "scope"))
        for dial in DIALS
    ]


def test_no_link_is_dead():
    assert find_dead_links(PAGE) == []
