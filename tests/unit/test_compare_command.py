"""What `safepassage compare` prints, from a model with known answers."""

from __future__ import annotations

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
    row = {line.split("  ")[0]: number for number, line in enumerate(lines)}
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
