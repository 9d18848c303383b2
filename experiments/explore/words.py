"""The words of the explore page: the banner, the table of outcomes, the progress. Numbers come from a look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from experiments.explore.dials import DIALS, Choice
from experiments.explore.look import Look, Outcome
from experiments.explore.picture import FEWER, MORE, NOTABLE, SAME, draw_flows, list_moves
from experiments.explore.runs import Phase, State
from experiments.report.svg import tag
from experiments.wording import UNKNOWN, clean, is_known, say_levels, say_number, say_outcome
from simulation.spec.models import Scenario

FEW = "too few"


def say_share(scale: float) -> str:
    """Return the share of people simulated in words: ``one person in 100``."""
    return f"one person in {1 / scale:,.0f}" if scale < 1 else "everybody"


def write_banner(scale: float) -> Markup:
    """Return what is approximate about the page."""
    return tag(
        "p",
        tag("strong", "A quick look, not a result. "),
        f"One run with one seed, {say_share(scale)} simulated, model parameters at their middle values: small "
        "differences here may be luck, and no uncertainty is shown. For results use ",
        tag("code", "safepassage compare"),
        " or ",
        tag("code", "safepassage plan"),
        ", which repeat over seeds and over what is not known, and say how sure they are. Numbers are of simulated "
        "people, weighted to all: they describe the model, not anybody's future.",
    )


def write_progress(state: State) -> Markup:
    """Return how far the runs are, in tenths (each is read aloud where somebody listens), and how they ended."""
    if state.phase is Phase.RUNNING:
        done = round(state.done, 1)
        bar = tag("progress", value=done, max=1, aria_label="Days simulated")
        return tag("div", bar, tag("span", f" Simulating: {done:.0%} of the days"))
    said = {
        Phase.IDLE: "Choose levers, then press Run. Nothing has been simulated yet.",
        Phase.DONE: "Done. The outcomes and the map below are of these levers.",
        Phase.STOPPED: "Stopped. Press Run to simulate again.",
        Phase.FAILED: f"It did not run: {state.error}",
    }
    return tag("p", said[state.phase])


def write_findings(state: State, scenario: Scenario) -> Markup:
    """Return outcomes and map of a finished look; nothing before one."""
    look, request = state.look, state.request
    if look is None or request is None:
        return Markup()
    moves = list_moves(scenario, look)
    listed = (
        tag("ul", *(tag("li", move) for move in moves))
        if moves
        else tag("p", "No leg, by more than luck would often make.")
    )
    key = tag(
        "p",
        *_write_key(),
        f" Width: people. Grey, too: changes of less than {NOTABLE:.0%}, changes that luck alone would often make at "
        "this scale, and legs with fewer than 10 simulated people. The names and boundaries shown do not imply "
        "official endorsement.",
        class_="note",
    )
    return Markup().join(
        [
            tag("h2", "Outcomes beside the baseline"),
            tag("p", say_choice(request.choice, request.since, scenario)),
            _write_table(look),
            tag("h2", "Where people went"),
            draw_flows(scenario, look),
            key,
            tag("h3", "Legs that changed most"),
            listed,
        ]
    )


def say_choice(choice: Choice, since: date, scenario: Scenario) -> str:
    """Return what was changed, in a sentence."""
    moved = [
        f"{dial.label}: {dial.say(amount)}" for dial in DIALS if (amount := choice.get(dial.key)) is not None
    ]
    what = "; ".join(moved) or "no lever moved, so nothing differs"
    title = clean(scenario.document.title)
    day = f"{since:%-d %B %Y}"
    return f"Baseline: {title}. Changed from {day} on: {what}. Counted from then on, same people, same luck."


def _write_key() -> list[Markup]:
    marks = [
        (MORE, None, "more people than in the baseline"),
        (FEWER, "6 4", "fewer"),
        (SAME, None, "as many"),
    ]
    parts: list[Markup] = []
    for colour, dash, words in marks:
        line = tag("line", x1=0, x2=30, y1=6, y2=6, stroke=colour, stroke_width=5, stroke_dasharray=dash)
        parts.append(
            tag(
                "span",
                tag("svg", line, width=30, height=12, aria_hidden="true"),
                f" {words}. ",
                class_="keyed",
            )
        )
    return parts


def _write_table(look: Look) -> Markup:
    head = tag(
        "tr", *(tag("th", name, scope="col") for name in ("Outcome", "Baseline", "Levers moved", "Change"))
    )
    return tag(
        "table",
        tag(
            "caption",
            "Read the rows together: where fewer people move, more may be stranded, held or turned back. "
            f"'{FEW}': fewer than 10 simulated people.",
        ),
        tag("thead", head),
        _write_rows("What happens to people", look.harm),
        _write_rows("Movement", look.movement),
    )


def _write_rows(title: str, outcomes: Sequence[Outcome]) -> Markup:
    head = tag("tr", tag("th", title, colspan=4, scope="rowgroup", class_="part"))
    return tag("tbody", head, *(_write_row(outcome) for outcome in outcomes))


def _write_row(outcome: Outcome) -> Markup:
    """Return one outcome; where fewer than 10 simulated people are behind it, that instead of figures."""
    numbers = [outcome.baseline, outcome.changed]
    if outcome.few or not is_known(*numbers):
        cells = [FEW if outcome.few else UNKNOWN] * 3
    else:
        difference = outcome.changed - outcome.baseline
        *levels, change = say_levels([*numbers, difference], whole=outcome.whole)
        is_seen = any(digit in "123456789" for digit in change)
        cells = [*levels, f"+{change}" if difference > 0 and is_seen else change]
        if outcome.baseline:
            share = difference / abs(outcome.baseline)
            cells[2] += f" ({say_number(100 * share, 1.0, sign=True)}%)"
    name = tag("th", say_outcome(outcome.name), scope="row")
    return tag("tr", name, *(tag("td", cell) for cell in cells), data_outcome=outcome.name)
