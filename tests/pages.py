"""Pages whose commands and files are run: their fenced blocks, and what of them a command does not print."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from experiments.cli import main


class Block(NamedTuple):
    """A fenced block: its language, the word after it (a file's name, or that a command is refused), and its text."""

    kind: str
    word: str
    text: str


def read_blocks(page: Path) -> list[Block]:
    fences = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    return [Block(*found) for found in fences]


def call(line: str, exit_code: int = 0) -> str:
    """Run a command line of a page and return what it prints."""
    assert line.startswith("$ safepassage ")
    result = CliRunner().invoke(main, line.split()[2:])
    assert result.exit_code == exit_code, f"{line}\n{result.output}"
    # On a slow machine long work says how far it is; a page does not show that.
    return re.sub(r"(?m)^.* \d+/\d+ \|.*\n", "", result.output)


def find_missing(shown: str, printed: str) -> list[str]:
    """Return the lines that the page shows and the command does not print; three dots stand for anything."""
    lines = printed.splitlines()
    return [
        line
        for line in shown.splitlines()[1:]
        if line.strip() != "..."
        and not any(re.fullmatch(re.escape(line).replace(r"\.\.\.", ".*"), one) for one in lines)
    ]


def find_dead_links(page: Path) -> list[str]:
    """Return the links of a page to files that are not there."""
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    assert links
    return [link for link in links if "://" not in link and not (page.parent / link).exists()]
