"""`safepassage levers`: what policies can change, what that is for, and what it costs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click


@click.command("levers")
@click.argument("scenario", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def command(scenario: Path | None, as_json: bool) -> None:
    """List the levers: what each changes, its keys, and the objectives of the Global Compact that it touches.

    With a SCENARIO file: its unit costs, and its settings over time, too.
    """
    from experiments.commands.inputs import load_aloud  # noqa: PLC0415
    from simulation.spec.lever_list import list_levers  # noqa: PLC0415

    levers = list_levers(load_aloud(scenario)[0] if scenario else None)
    if as_json:
        click.echo(json.dumps(levers, indent=1, ensure_ascii=False))
        return
    for lever in levers:
        for line in _lines(lever):
            click.echo(line)
    if scenario is None:
        click.echo("\nUnit costs, and what is in force when: safepassage levers SCENARIO.yaml")


def _lines(lever: dict[str, Any]) -> Iterator[str]:
    yield f"\n{lever['lever']}"
    yield from _wrap(lever["changes"])
    for key in lever["keys"]:
        default = "must be given" if key["default"] == "must be given" else f"default {key['default']}"
        yield from _wrap(f"{key['key']}: {key['value']}; {default}. {key['meaning']}", "  - ")
    yield f"  scope  {lever['scope']}; left out: everywhere"
    for objective in lever["gcm"]:
        yield f"  GCM {objective['objective']:>2} {objective['title']}"
    if "costs" not in lever:
        yield f"  costs  {', '.join(lever['cost_items']) or 'none'}"
        return
    for cost in lever["costs"]:
        numbers = f"{cost['value']:,.10g} USD ({cost['low']:,.10g} to {cost['high']:,.10g})"
        yield f"  cost   {cost['item']}: {numbers} a {cost['unit']}, {cost['confidence']}"
    if not lever["costs"]:
        yield "  cost   none in unit_costs.csv"
    for entry in lever["entries"]:
        yield from _wrap(_say_entry(entry), "  in force ")


def _say_entry(entry: dict[str, Any]) -> str:
    settings = ", ".join(f"{key} {_say(value)}" for key, value in entry["settings"].items())
    where = "; ".join(", ".join(names) for names in entry["scope"].values()) or "everywhere"
    return f"{entry['from']} to {entry['to']}: {settings or 'defaults'}; {where}"


def _say(value: Any) -> str:  # noqa: ANN401  (whatever a key of a lever may hold)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _wrap(text: str, first: str = "  ") -> list[str]:
    return textwrap.wrap(
        text, 112, initial_indent=first, subsequent_indent=" " * len(first), break_long_words=False
    )
