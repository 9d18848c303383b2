"""Flee's settings file: what of it says how people are displaced, and what our rule set answers in its own way."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MantissaNoDotYAML1_1Warning, MarkedYAMLError, YAMLError

from simulation.displacement.case import MOST_DAYS, Day0, Mode, Spawning
from simulation.errors import shown
from simulation.spec.csv_rows import LIMIT_BYTES, MOST, Findings
from simulation.spec.files import read_text

_MODES = {"constant": 500.0, "poisson": 500.0, "pop_ratio": 0.01}
_READ = (
    "insert_day0", "empty_camps_on_day0", "take_from_population", "sum_from_camps", "conflict_spawn_decay",
    "conflict_spawn_decay_interval", "conflict_zone_spawning_only", "conflict_driven_spawning",
)  # fmt: skip
_BLOCK = "spawn_rules.conflict_driven_spawning"


def read_settings(file: Path, found: Findings) -> Spawning:
    """Return how people are displaced under a simsetting.yml; every key that is not used is remarked on."""
    text = read_text(file, limit_bytes=LIMIT_BYTES)
    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.version = (1, 1)  # as Flee reads it: yes, no, on and off are switches, not words
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MantissaNoDotYAML1_1Warning)  # 1e-3 is a number all the same
            loaded = yaml.load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        found.wrong(file, line, "", f"is not YAML: {error.problem}")
        return Spawning()
    except (YAMLError, ValueError, RecursionError) as error:
        found.wrong(file, None, "", f"is not YAML: {shown(str(error))}")
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
        for key, value in (keys or {}).items():
            if (block != "spawn_rules" or key not in _READ) and (block, key) != ("optimisations", "hasten"):
                _remark(file, f"{block}.{key}", value, found)
    hasten = (blocks.get("optimisations") or {}).get("hasten", 1)
    if hasten != 1:
        found.remark(
            f"{file.name}: optimisations.hasten: {shown(hasten)} (one agent is one person; see --scale)"
        )
    return _spawning(rules, file, found)


def _spawning(rules: Mapping[str, Any], file: Path, found: Findings) -> Spawning:
    mode, amount = _mode(rules.get("conflict_driven_spawning"), file, found)
    if not _switch(rules, "conflict_zone_spawning_only", True, file, found):
        found.remark(f"{file.name}: conflict_zone_spawning_only off (people start in zones of conflict only)")
    decay = rules.get("conflict_spawn_decay") or []
    if not isinstance(decay, list):
        found.wrong(
            file,
            None,
            "spawn_rules.conflict_spawn_decay",
            f"{shown(decay)} is no list",
            "[1, 1, 1, 0.5, 0.1]",
        )
        decay = []
    factors = [_number(x, "spawn_rules.conflict_spawn_decay", file, found) for x in decay]
    interval = _number(
        rules.get("conflict_spawn_decay_interval", 30),
        "spawn_rules.conflict_spawn_decay_interval",
        file,
        found,
        high=MOST_DAYS,
    )
    return Spawning(
        mode=mode,
        amount=amount,
        total="camps" if _switch(rules, "sum_from_camps", True, file, found) else "total_column",
        day0=_day0(rules, file, found),
        takes_population=_switch(rules, "take_from_population", False, file, found),
        decay=tuple(factors),
        decay_days=max(int(interval), 1),
    )


def _remark(file: Path, key: str, value: object, found: Findings) -> None:
    why = (
        "only about Flee's output"
        if key.startswith("log_levels")
        else "our rules answer this in their own way"
    )
    found.remark(f"{file.name}: {key}: {shown(value)} ({why})")


def _mode(block: object, file: Path, found: Findings) -> tuple[Mode, float]:
    """Return the mode and its amount; without a block of its own people follow the observed totals."""
    if not block:
        return "totals", 0.0
    given = block if isinstance(block, Mapping) else {"spawn_mode": block}
    for other in given.keys() - {"spawn_mode", "displaced_per_conflict_day"}:
        _remark(file, f"{_BLOCK}.{other}", given[other], found)
    mode = given.get("spawn_mode", "constant")
    if not isinstance(mode, str) or mode not in _MODES:
        found.wrong(file, None, f"{_BLOCK}.spawn_mode", f"{shown(mode)} is unknown", ", ".join(_MODES))
        return "totals", 0.0
    key = "displaced_per_conflict_day"
    amount = _number(given.get(key, _MODES[mode]), f"{_BLOCK}.{key}", file, found)
    return cast(Mode, mode), amount


def _day0(rules: Mapping[str, Any], file: Path, found: Findings) -> Day0:
    if _switch(rules, "empty_camps_on_day0", False, file, found):
        return "empty"
    return "in_camps" if _switch(rules, "insert_day0", True, file, found) else "set_out"


def _switch(rules: Mapping[str, Any], key: str, default: bool, file: Path, found: Findings) -> bool:
    value = rules.get(key, default)
    if not isinstance(value, bool):
        found.wrong(file, None, f"spawn_rules.{key}", f"{shown(value)} is no switch", "true or false")
        return default
    return value


def _number(value: object, key: str, file: Path, found: Findings, *, high: float = MOST) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= high:
        return float(value)
    found.wrong(file, None, key, f"{shown(value)} is no number from 0 to {high:g}", "e.g. 0.01")
    return 0.0
