"""Flee's settings file: what of it says how people are displaced, and what our rule set answers in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from simulation.displacement.case import Spawning
from simulation.spec.csv_rows import LIMIT_BYTES, Findings
from simulation.spec.files import read_text

_MODES = {"constant": 500.0, "poisson": 500.0, "pop_ratio": 0.01}
# Said by the case's own files, or only about Flee's output.
_SILENT = ("log_levels", "optimisations")
_READ = (
    "insert_day0", "empty_camps_on_day0", "take_from_population", "sum_from_camps", "conflict_spawn_decay",
    "conflict_spawn_decay_interval", "conflict_zone_spawning_only", "conflict_driven_spawning",
)  # fmt: skip


def read_settings(file: Path, found: Findings) -> Spawning:
    """Return how people are displaced under a simsetting.yml; every key that is not used is remarked on."""
    text = read_text(file, limit_bytes=LIMIT_BYTES)
    try:
        loaded = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        found.wrong(file, line, "", f"is not YAML: {error.problem}")
        return Spawning()
    except (YAMLError, ValueError, RecursionError) as error:
        found.wrong(file, None, "", f"is not YAML: {error}")
        return Spawning()
    blocks = loaded or {}
    if not isinstance(blocks, Mapping) or any(
        not isinstance(block, Mapping) for block in blocks.values() if block
    ):
        found.wrong(
            file, 1, "", "needs blocks of keys and values", "spawn_rules:, move_rules:, optimisations:"
        )
        return Spawning()
    rules = blocks.get("spawn_rules") or {}
    for block, keys in blocks.items():
        for key, value in (keys or {}).items() if block not in _SILENT else ():
            if key not in _READ:
                found.remarks.append(
                    f"{file.name}: {block}.{key}: {value} (our rules answer this in their own way)"
                )
    hasten = (blocks.get("optimisations") or {}).get("hasten", 1)
    if hasten != 1:
        found.remarks.append(
            f"{file.name}: optimisations.hasten: {hasten} (one agent is one person; see --scale)"
        )
    return _spawning(rules, file, found)


def _spawning(rules: Mapping[str, Any], file: Path, found: Findings) -> Spawning:
    mode, amount = "totals", 0.0
    block = rules.get("conflict_driven_spawning")
    if block:
        mode = str(block.get("spawn_mode", "constant")) if isinstance(block, Mapping) else str(block)
        if mode not in _MODES:
            hint = ", ".join(_MODES)
            found.wrong(
                file, None, "spawn_rules.conflict_driven_spawning.spawn_mode", f"{mode!r} is unknown", hint
            )
            return Spawning()
        given = block if isinstance(block, Mapping) else {}
        key = "displaced_per_conflict_day"
        amount = _number(
            given.get(key, _MODES[mode]), f"spawn_rules.conflict_driven_spawning.{key}", file, found
        )
    if rules.get("conflict_zone_spawning_only", True) is not True:
        found.remarks.append(
            f"{file.name}: conflict_zone_spawning_only off (people start in zones of conflict only)"
        )
    decay = rules.get("conflict_spawn_decay") or []
    factors = [_number(x, "spawn_rules.conflict_spawn_decay", file, found) for x in decay]
    interval = _number(
        rules.get("conflict_spawn_decay_interval", 30),
        "spawn_rules.conflict_spawn_decay_interval",
        file,
        found,
    )
    day0 = not rules.get("empty_camps_on_day0", False)
    return Spawning(
        mode=mode,  # type: ignore[arg-type]
        amount=amount,
        total="camps" if rules.get("sum_from_camps", True) else "total_column",
        day0="in_camps" if day0 and rules.get("insert_day0", True) else "empty",
        takes_population=bool(rules.get("take_from_population", False)),
        decay=tuple(factors),
        decay_days=max(int(interval), 1),
    )


def _number(value: object, key: str, file: Path, found: Findings) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return float(value)
    found.wrong(file, None, key, f"{value!r} is no number of at least 0", "e.g. 0.01")
    return 0.0
