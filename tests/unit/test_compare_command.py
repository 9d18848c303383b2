"""What `safepassage compare` prints, from a model with known answers."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from synthetic_runs import build_scenario, synthetic_model

from experiments.cli import main
from experiments.compare import compare
from experiments.tables import render


def test_the_text_shows_harm_before_arrivals_and_both_kinds_of_interval():
    text = render(
        compare(
            build_scenario(),
            build_scenario("enforcement", enforcement=1.0),
            model=synthetic_model(),
            replicates=4,
        )
    )
    lines = text.splitlines()
    assert lines[0] == "baseline against enforcement"
    assert [word in lines[1] for word in ("difference, total", "ratio, total", "seeds only")] == [True] * 3
    row: dict[str, int] = {}
    for number, line in enumerate(lines):  # the first table; harms stand side by side further down
        row.setdefault(line.split("  ")[0], number)
    assert row["Deaths and disappearances"] < row["Irregular arrivals in Europe"]
    assert "2.10 (2.10 to 2.10)" in lines[row["Deaths and disappearances"]]
    assert "in 4 of 4 draws (100%)" in text


def test_one_scenario_is_not_a_comparison():
    result = CliRunner().invoke(main, ["compare", "only.yaml"])
    assert result.exit_code == 2
    assert "at least one other scenario" in result.output


def test_a_missing_scenario_is_one_message():
    result = CliRunner().invoke(main, ["compare", "no.yaml", "neither.yaml"])
    assert result.exit_code == 2
    assert "no.yaml" in result.output
    assert "Traceback" not in result.output


def test_the_verb_compares_two_tiny_scenarios_and_writes_the_folder(tmp_path):
    tiny, out = Path(__file__).parents[2] / "scenarios" / "tiny" / "fork", tmp_path / "out"
    arguments = ["compare", str(tiny / "fork.yaml"), str(tiny / "enforcement.yaml"), "--replicates", "2"]
    result = CliRunner().invoke(main, [*arguments, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "Deaths and disappearances" in result.output
    assert {"comparison.csv", "metadata.json", "runs"} <= {path.name for path in out.iterdir()}
    assert len(list((out / "runs").iterdir())) == 8
    before = (out / "comparison.csv").read_bytes()
    again = CliRunner().invoke(main, [*arguments, "--out", str(out)])
    assert again.exit_code == 2
    assert "--force" in again.output
    forced = CliRunner().invoke(main, [*arguments, "--out", str(out), "--force"])
    assert forced.exit_code == 0, forced.output
    assert (out / "comparison.csv").read_bytes() == before  # the same seed, the same numbers


def test_an_unwritable_place_is_one_message_before_anything_runs(tmp_path):
    (tmp_path / "file").write_text("in the way")
    tiny = Path(__file__).parents[2] / "scenarios" / "tiny" / "fork"
    arguments = ["compare", str(tiny / "fork.yaml"), str(tiny / "enforcement.yaml")]
    result = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "file" / "out")])
    assert result.exit_code == 2
    assert "cannot be written" in result.output
    assert "Traceback" not in result.output
