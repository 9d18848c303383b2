"""The explore page itself: what stands where, and what happens when something is chosen or pressed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import panel as pn

from experiments.explore.dials import DIALS, Dial, list_days
from experiments.explore.runs import Request, Runner, State
from experiments.explore.words import write_banner, write_findings, write_progress
from experiments.wording import clean
from simulation.spec.models import Scenario

HERE = Path(__file__).parent
UNCHANGED = "as in the scenario"
LOOK_EVERY = 200
"""Milliseconds between two looks at how far the runs are."""
_AMOUNTS = {dial.key: {dial.say(step): step for step in dial.steps} for dial in DIALS}
"""By lever: amount by the words that are chosen."""


class ExplorePage:
    """One visitor's page; the runner lives in a thread and is looked at every LOOK_EVERY."""

    def __init__(self, scenarios: Mapping[str, Scenario], scale: float) -> None:
        """Lay out the page for scenarios to start from, by name; the first is chosen."""
        self._scenarios, self._scale = scenarios, scale
        self.runner = Runner(scenarios, scale)
        style = (HERE / "style.css").read_text(encoding="utf-8")
        look: dict[str, Any] = {"stylesheets": [style], "sizing_mode": "stretch_width", "margin": (4, 0)}
        self.start = pn.widgets.Select(name="Scenario to start from", options=_name(scenarios), **look)
        self.since = pn.widgets.Select(name="Levers move from", **look)
        self.dials = {dial.key: _build_select(dial, look) for dial in DIALS}
        self.run = pn.widgets.Button(name="Run", button_type="primary", **look)
        self.stop = pn.widgets.Button(name="Stop", **look)
        self.reset = pn.widgets.Button(name="Put all levers back", **look)
        self.progress = pn.pane.HTML(**look)
        self.findings = pn.pane.HTML(**look)
        self._shown: State | None = None
        self.start.param.watch(lambda _: self._offer_days(), "value")
        self.run.on_click(lambda _: self._begin())
        self.stop.on_click(lambda _: self.runner.stop())
        self.reset.on_click(lambda _: self._put_back())
        self._offer_days()
        self.show()

    def build(self) -> pn.Template:
        """Return the whole page, watching its runner until the visitor leaves."""
        template = pn.Template((HERE / "template.html").read_text(encoding="utf-8"))
        levers = pn.Column(
            self.start,
            self.since,
            *self.dials.values(),
            self.run,
            self.stop,
            self.reset,
            sizing_mode="stretch_width",
        )
        for name, part in (("levers", levers), ("progress", self.progress), ("findings", self.findings)):
            template.add_panel(name, part)
        template.add_variable("banner", write_banner(self._scale))
        template.add_variable("style", (HERE / "style.css").read_text(encoding="utf-8"))
        pn.state.add_periodic_callback(self.show, period=LOOK_EVERY)
        pn.state.on_session_destroyed(lambda _: self.runner.stop())
        return template

    def show(self) -> None:
        """Bring the page up to what the runner says."""
        state = self.runner.state
        if state is self._shown:
            return
        self.progress.object = str(write_progress(state))
        if state.look is not None and state.request is not None:
            self.findings.object = str(write_findings(state, self._scenarios[state.request.start]))
        self._shown = state

    def _begin(self) -> None:
        choice = {dial.key: _AMOUNTS[dial.key].get(self.dials[dial.key].value) for dial in DIALS}
        self.runner.start(Request(self.start.value, date.fromisoformat(self.since.value), choice))
        self.show()

    def _put_back(self) -> None:
        for select in self.dials.values():
            select.value = UNCHANGED

    def _offer_days(self) -> None:
        days = list_days(self._scenarios[self.start.value])
        options = {f"{day:%-d %B %Y}": day.isoformat() for day in days}
        self.since.options = options
        self.since.value = days[min(1, len(days) - 1)].isoformat()


def _name(scenarios: Mapping[str, Scenario]) -> dict[str, str]:
    """Return the scenarios' names by what they are called on the page; of several, titles may be the same."""
    if len(scenarios) == 1:
        return {clean(scenario.document.title) or name: name for name, scenario in scenarios.items()}
    return {f"{name}: {clean(scenario.document.title)}": name for name, scenario in scenarios.items()}


def _build_select(dial: Dial, look: dict[str, Any]) -> pn.widgets.Select:
    name = f"{dial.label}: {dial.meaning}"
    return pn.widgets.Select(name=name, options=[UNCHANGED, *_AMOUNTS[dial.key]], **look)
