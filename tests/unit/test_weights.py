"""The user's own weights: what the file may say, and an index that is worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from synthetic_runs import build_scenario, synthetic_model

from experiments.cli import main
from experiments.compare import compare
from experiments.pareto import HARMS
from experiments.tables import render
from experiments.weights import INDEX, load_weights
from simulation.errors import ScenarioError

BASELINE, FULL = build_scenario(), build_scenario("full", enforcement=1.0)
FORK = Path(__file__).parents[2] / "scenarios" / "tiny" / "fork"
NOTHING = dict.fromkeys(HARMS, "0")


def write(folder: Path, *lines: str) -> Path:
    file = folder / "mine.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def weights_of(folder: Path, title: str = "title: Mine", **given: str) -> Path:
    lines = [f"  {name}: {value}" for name, value in (NOTHING | given).items()]
    return write(folder, title, "weights:", *lines)


def test_an_index_by_hand(tmp_path: Path) -> None:
    """Violence is twice the deaths in every run, so 3 x deaths + 0.5 x violence is 4 x deaths."""
    weights = load_weights(weights_of(tmp_path, deaths="3", violence="0.5"))
    comparison = compare(BASELINE, FULL, replicates=4, model=synthetic_model(), weights=weights)
    index = comparison.index.set_index("interval_kind")
    table = comparison.table
    for kind in ("total", "monte_carlo"):
        of = table["outcome"].eq("deaths") & table["interval_kind"].eq(kind) & table["scope_kind"].eq("all")
        (deaths,) = table[of & table["group_kind"].eq("all")].to_dict("records")
        for column in ("baseline", "variant", "difference", "difference_low", "difference_high"):
            assert index.loc[kind, column] == pytest.approx(4 * deaths[column])
        for column in ("ratio", "ratio_low", "ratio_high", "share_rising", "replicates"):
            assert index.loc[kind, column] == pytest.approx(deaths[column])
        assert index.loc[kind, "baseline_low"] < index.loc[kind, "baseline"]
    assert set(index["outcome"]) == {INDEX}
    assert index["user_weights"].str.startswith("deaths=3 injury=0").all()


def test_the_index_is_only_there_with_weights_and_says_whose_it_is(tmp_path: Path) -> None:
    weights = load_weights(weights_of(tmp_path, deaths="3"))
    weighed = compare(BASELINE, FULL, replicates=2, model=synthetic_model(), weights=weights)
    plain = compare(BASELINE, FULL, replicates=2, model=synthetic_model())
    assert plain.index.empty
    assert "weights" not in render(plain)
    text = render(weighed)
    assert "Index by the user's own weights: mine.yaml (Mine)" in text
    assert "Deaths and disappearances 3" in text
    assert "user's judgement" in text


def test_equal_arms_have_a_difference_of_nothing(tmp_path: Path) -> None:
    weights = load_weights(weights_of(tmp_path, deaths="1"))
    same = build_scenario("same")
    index = compare(BASELINE, same, replicates=3, model=synthetic_model(), weights=weights).index
    assert (index[["difference", "difference_low", "difference_high", "share_rising"]] == 0).all(axis=None)
    assert (index["ratio"] == 1).all()


WRONG = {
    "unknown outcome": ("weights.deths", "5", ["unknown outcome", "did you mean deaths?"]),
    "not a harm": ("weights.arrivals", "1", ["cannot be weighed"]),
    "a rate": ("weights.deaths_per_1000_journeys", "1", ["cannot be weighed"]),
    "negative": ("weights.deaths", "-1", ["must not be negative; got -1"]),
    "no number": ("weights.deaths", "", ["has no number"]),
    "text": ("weights.deaths", "much", ["needs a number; got 'much'"]),
    "truth": ("weights.deaths", "true", ["needs a number; got True"]),
    "infinite": ("weights.deaths", "1e999", ["needs a number"]),
    "list": ("weights.deaths", "[1]", ["needs a number; got a list or keys"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_weight_is_one_message_with_file_line_and_key(tmp_path: Path, name: str) -> None:
    key, value, said = WRONG[name]
    file = weights_of(tmp_path, **{"violence": "1", key.removeprefix("weights."): value})
    with pytest.raises(ScenarioError) as caught:
        load_weights(file)
    (problem,) = caught.value.problems
    line = next(
        n for n, text in enumerate(file.read_text().splitlines(), 1) if text.startswith(f"  {key[8:]}:")
    )
    assert str(problem).startswith(f"{file}:{line}: {key}: ")
    assert all(words in str(problem) for words in said)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["weights:", "  deaths: 1"], "mine.yaml:1: weights: has no weight for injury, violence"),
        (["weights: {}"], "mine.yaml:1: weights: has no weight for deaths, injury"),
        (["weights: 3"], "mine.yaml:1: weights: needs a weight for each harm"),
        (["title: only"], "mine.yaml: weights: needs a weight for each harm"),
        (["- deaths"], "mine.yaml:1: is not a file of weights"),
        ([""], "mine.yaml: is empty (a file of weights has the key weights"),
        (["title: [a]", "weights:", *(f"  {h}: 1" for h in HARMS)], "mine.yaml:1: title: needs text"),
        (["wieghts: 3", "weights:", *(f"  {h}: 1" for h in HARMS)], "1: wieghts: unknown key (did you mean weights?)"),
        (["weights:", *(f"  {h}: 0" for h in HARMS)], "mine.yaml:1: weights: are all 0"),
        (["weights:", *(f"  {h}: 1" for h in HARMS), "  deaths: 2"], "weights.deaths: is given twice"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_one_message(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_weights(write(tmp_path, *lines))
    assert len(caught.value.problems) == 1
    assert said in str(caught.value)
    assert "scenario" not in str(caught.value).replace(str(tmp_path), "")


def test_the_command_refuses_wrong_weights_before_anything_runs(tmp_path: Path) -> None:
    scenarios = [str(FORK / "fork.yaml"), str(FORK / "enforcement.yaml")]
    file = weights_of(tmp_path, deaths="-1")
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["compare", *scenarios, "--weights", str(file), "--out", str(out)])
    assert result.exit_code == 2
    assert result.output.strip() == f"{file}:3: weights.deaths: must not be negative; got -1"
    assert list(tmp_path.iterdir()) == [file]
    missing = CliRunner().invoke(main, ["compare", *scenarios, "--weights", str(tmp_path / "no.yaml")])
    assert missing.exit_code == 2
    assert "no.yaml: does not exist" in missing.output


def test_the_command_writes_the_index_and_its_weights(tmp_path: Path) -> None:
    scenarios = [str(FORK / "fork.yaml"), str(FORK / "enforcement.yaml")]
    file, out = weights_of(tmp_path, deaths="10", children_left_alone="2"), tmp_path / "out"
    arguments = ["compare", *scenarios, "--replicates", "2", "--scale", "0.3", "--weights", str(file)]
    result = CliRunner().invoke(main, [*arguments, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "Index by the user's own weights" in result.output
    assert (out / "index_by_user_weights.csv").read_text().count(INDEX) == 4  # two kinds, two bases
    stored = json.loads((out / "metadata.json").read_text())["user_weights"]
    assert stored["file"] == "mine.yaml"
    assert stored["by_harm"]["children_left_alone"] == 2.0


def test_the_example_of_the_documentation_is_right(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "comparing.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert set(load_weights(write(tmp_path, example)).by_harm) == set(HARMS)
