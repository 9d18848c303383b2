"""A page of which the part between two marks is generated; all other words stay as their authors wrote them."""

from __future__ import annotations

from pathlib import Path

import click


def renew_between(path: Path, marks: tuple[str, str], text: str, *, title: str) -> None:
    """Write text between the marks of a page; a page that is not there is begun with its title.

    Raises:
        ClickException: The page is there without its marks.
    """
    begin, end = marks
    page = path.read_text(encoding="utf-8") if path.exists() else f"# {title}\n\n{begin}\n{end}\n"
    if begin not in page or end not in page:
        raise click.ClickException(f"{path}: the marks of the table are missing: {begin} ... {end}")
    before, rest = page.split(begin, 1)
    path.write_text(f"{before}{begin}\n{text}\n{end}{rest.split(end, 1)[1]}", encoding="utf-8")
