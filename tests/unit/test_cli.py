"""The front door is light, and says what a scenario will simulate."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from experiments.cli import VERBS, main
from simulation import __version__

TINY = Path(__file__).parents[2] / "scenarios" / "tiny"

LIGHT = """
import sys
from click.testing import CliRunner
from experiments.cli import main
result = CliRunner().invoke(main, ["--help"])
assert result.exit_code == 0 and "compare" in result.output, result.output
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_help_imports_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "click" in loaded
    assert not loaded & {
        "numpy",
        "scipy",
        "mesa",
        "numba",
        "pandas",
        "matplotlib",
        "pyarrow",
        "networkx",
        "pydantic",
    }


def test_check_imports_nothing_heavy() -> None:
    script = LIGHT.replace('["--help"]', repr(["check", str(TINY / "fork" / "fork.yaml")])).replace(
        "compare", "legs"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"numpy", "scipy", "mesa", "numba", "pandas", "matplotlib"}


def test_the_verbs_are_listed_in_the_order_of_use() -> None:
    lines = CliRunner().invoke(main, ["--help"]).output.splitlines()
    listed = [line.split()[0] for line in lines[lines.index("Commands:") + 1 :]]
    assert listed == list(VERBS)


def test_the_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"safepassage, version {__version__}\n"


def test_an_unknown_verb() -> None:
    result = CliRunner().invoke(main, ["chekc"])
    assert result.exit_code == 2
    assert "chekc" in result.output


def test_check_prints_what_will_be_simulated() -> None:
    result = CliRunner().invoke(main, ["check", str(TINY / "fork" / "enforcement.yaml")])
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    for expected in (
        "fork_enforcement: The same, with control on the main road from 2016",
        "period       2015-01-01 to 2017-12-31 (1,096 days); journeys start until 2016-12-31",
        "locals       1,200       1,200       2,400",
        "and 50 people already on the way on the first day",
        "legs         6: 2 desert, 1 paved, 1 unpaved, 1 regular, 1 return forced; 2 of them avoid controls",
        "2016-01-01 to last day    border_enforcement: intensity 0.8; NER",
        "all on",
    ):
        assert expected in result.stdout


def test_debug_shows_the_traceback_of_an_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--debug", "check", str(tmp_path / "nothing.yaml")])
    assert type(result.exception).__name__ == "ScenarioError"


def test_an_unexpected_error_is_short_and_exits_1(monkeypatch) -> None:
    monkeypatch.setitem(VERBS, "check", ("experiments.commands.no_such_module", ""))
    result = CliRunner().invoke(main, ["check", "x.yaml"])
    assert result.exit_code == 1
    assert "Something went wrong in Safe Passage: ModuleNotFoundError" in result.stderr
    assert "Traceback" not in result.output


def test_public_names_are_functions_whatever_is_imported_first() -> None:
    script = (
        "import simulation.runner, experiments.compare\n"
        "from simulation import load_scenario, run\n"
        "from experiments import compare\n"
        "print(*(type(name).__name__ for name in (load_scenario, run, compare)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "function function function\n"
