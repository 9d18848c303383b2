"""Serves the explore page to this machine, and to this machine only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from experiments.folder import KIND, METADATA
from experiments.reading import read_plan
from simulation.errors import SafePassageError
from simulation.result import read_metadata, read_request
from simulation.spec.load import load_scenario
from simulation.spec.models import Scenario

ADDRESS = "127.0.0.1"
"""Other machines cannot reach it."""


class ExploreError(SafePassageError):
    """The page cannot be served."""


def find_scenarios(path: Path) -> dict[str, Scenario]:
    """Return the scenarios to start from, by name: of a scenario file, a run folder or an experiment folder.

    Raises:
        ScenarioError: The scenario's files have problems.
        ResultError: The folder is neither, or is damaged.
    """
    if not path.is_dir():
        scenario = load_scenario(path)
        return {scenario.document.scenario: scenario}
    if (path / METADATA).is_file() and (metadata := read_metadata(path)).get("kind") == KIND:
        return dict(read_plan(path, metadata).arms)
    scenario, _, _ = read_request(path)
    return {scenario.document.scenario: scenario}


def serve(
    scenarios: Mapping[str, Scenario],
    *,
    scale: float,
    port: int,
    show: bool,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the page until interrupted.

    Args:
        scenarios: To start from, by name; the first is chosen.
        scale: Share of people simulated, in (0, 1].
        port: Port on 127.0.0.1; 0: any that is free.
        show: Open the page in a browser.
        ready: Called with the page's address when it can be visited.

    Raises:
        ExploreError: panel is not installed, or the port is taken.
    """
    try:
        import panel as pn  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ExploreError("this needs panel: pip install 'safepassage[explore]'") from error
    from experiments.explore.page import ExplorePage  # noqa: PLC0415

    try:
        server = pn.serve(
            {"explore": lambda: ExplorePage(scenarios, scale).build()},
            title="Safe Passage: explore",
            address=ADDRESS,
            port=port,
            show=False,
            start=False,
            verbose=False,
        )
    except OSError as error:
        raise ExploreError(
            f"port {port} of {ADDRESS} cannot be used ({error.strerror}); choose another with --port"
        ) from error
    url = f"http://{ADDRESS}:{server.port}/explore"
    ready(url)
    if show:
        import webbrowser  # noqa: PLC0415

        webbrowser.open(url)
    try:
        server.run_until_shutdown()
    except KeyboardInterrupt:
        server.stop()
