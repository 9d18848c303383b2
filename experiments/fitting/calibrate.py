"""A fit into its folder: runs that can be taken up again, posterior, checks as tables, pictures, and a short report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from calibration.cells import Floats
from calibration.checks.convergence import check_convergence
from calibration.checks.identify import compute_contraction, find_directions
from calibration.checks.moved import describe_moved
from calibration.checks.predictive import describe_cells, describe_years, draw_predictive
from calibration.checks.twins import TwinMaker, describe_coverage, joint_p_value, make_twins, rank
from calibration.engine import seeds_of
from calibration.fit.load import LoadedFit
from calibration.fit.run import Fit, run_fit
from calibration.sampler import Watch
from calibration.space import to_uniforms
from experiments.execution.execute import Executor
from experiments.execution.execute import Watch as WatchRuns
from experiments.execution.files import readable_errors, replacing, write_csv
from experiments.execution.threads import run_in_threads
from experiments.fitting.report import write_report
from experiments.fitting.runs import CellRuns, MakeRuns
from simulation.errors import ResultError
from simulation.result import FORMAT, read_metadata

KIND = "fit"
RUNS, POSTERIOR, METADATA = "runs", "posterior.parquet", "metadata.json"


class Checks(NamedTuple):
    """What is known of a fit beside its draws; tables as ``calibration.checks`` makes them."""

    convergence: pd.DataFrame
    parameters: pd.DataFrame
    directions: pd.DataFrame
    cells: pd.DataFrame
    years: pd.DataFrame
    prior_years: pd.DataFrame
    waves: pd.DataFrame
    moved: pd.DataFrame
    twins: pd.DataFrame
    joint_p: float | None
    """Of the joint test over twins; None where none were asked for."""


def calibrate(  # noqa: PLR0913  each is a choice of its own
    loaded: LoadedFit,
    folder: Path,
    *,
    resume: bool = False,
    force: bool = False,
    twins: int = 0,
    held: Iterable[str] = (),
    executor: Executor = run_in_threads,
    watch_runs: WatchRuns | None = None,
    watch: Watch | None = None,
    mapped: Callable[..., Iterable[Floats]] = map,
) -> tuple[Fit, Checks]:
    """Make a fit and write its folder.

    Args:
        loaded: The fit.
        folder: Where results go; finished runs are kept there from the first one on.
        resume: Go on from finished runs.
        force: Replace an earlier fit, runs included.
        twins: Synthetic data sets that are drawn from the prior and fitted again.
        held: Numbers of the observation model that are held at the ends of their priors in turn.
        executor: Where runs are made.
        watch_runs: Told how far the runs are.
        watch: Told how far the sampler is.
        mapped: ``map``, or one that uses several processes, for twins.

    Raises:
        ResultError: The folder cannot be used, or no run finished.
    """
    prepare_folder(folder, resume=resume, force=force)
    # First, so that the folder is known as a fit's wherever what follows is interrupted.
    _write_metadata({"fit": loaded.document.fit, "digest": loaded.digest, "unfinished": True}, folder)
    with CellRuns(folder / RUNS, loaded.observation) as store:
        make = MakeRuns(
            loaded.fitted_scenario,
            loaded.space,
            loaded.observation,
            store,
            scale=loaded.document.scale,
            seed=loaded.document.seed,
            executor=executor,
            watch=watch_runs,
        )
        fit = run_fit(loaded, make, watch)
    checks = check_fit(fit, twins=twins, held=held, mapped=mapped)
    with readable_errors(folder):
        write_results(fit, checks, folder)
    return fit, checks


def prepare_folder(folder: Path, *, resume: bool, force: bool) -> None:
    """Make the folder of a fit, or refuse what is there.

    Raises:
        ResultError: It holds other files, or a fit and neither ``resume`` nor ``force`` is given.
    """
    if folder.exists() and not folder.is_dir():
        raise ResultError(f"{folder}: is a file, not a folder; choose another folder with --out")
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if METADATA in there:
        is_ours = read_metadata(folder).get("kind") == KIND
    else:  # of a quick look
        is_ours = there == [RUNS] and (folder / RUNS / "lock").is_file()
    if there and not is_ours:
        raise ResultError(f"{folder}: holds files that are not a fit's; choose another folder with --out")
    if there and force:
        shutil.rmtree(folder)
    elif there and not resume:
        raise ResultError(
            f"{folder}: a fit is there; --resume goes on from its finished runs, --force starts afresh"
        )
    with readable_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)


def check_fit(
    fit: Fit,
    *,
    twins: int = 0,
    held: Iterable[str] = (),
    mapped: Callable[..., Iterable[Floats]] = map,
) -> Checks:
    """Return what is known of a fit beside its draws; arguments as for ``calibrate``."""
    target, seed = fit.target, fit.loaded.document.seed
    of_prior, of_posterior, of_twins, of_joint, of_held = seeds_of(seed, range(2, 7))
    rng = np.random.default_rng(of_posterior)
    cells, kinds = fit.loaded.observation.cells, fit.loaded.observation.kinds
    drawn = draw_predictive(target, fit.draws, rng)
    prior_rng = np.random.default_rng(of_prior)
    prior = draw_predictive(target, prior_rng.standard_normal((400, target.n_unknown)), prior_rng)
    every = fit.chains.draws.reshape(-1, target.n_unknown)
    psi = every[:, target.n_theta + target.n_error :]
    names = (*fit.loaded.space.fitted_factors, *fit.loaded.observation.names)
    white = np.hstack([every[:, : target.n_theta], psi])
    scores = np.hstack([target.scores(every), psi])
    coverage, p = pd.DataFrame(), None
    if twins:
        maker = TwinMaker(
            target, fit.loaded.observation, lower=np.asarray(np.linalg.cholesky(np.cov(every.T)), np.float64)
        )
        ranks = rank(make_twins(maker, twins, of_twins, mapped))
        coverage = describe_coverage(maker.names, ranks)
        p = joint_p_value(ranks, np.random.default_rng(of_joint))
    errors = [f"emulator component {k + 1}" for k in range(target.n_error)]
    return Checks(
        check_convergence(
            fit.chains, [*fit.loaded.space.fitted_factors, *errors, *fit.loaded.observation.names]
        ),
        compute_contraction(names, to_uniforms(scores), scores),
        find_directions(names, white),
        describe_cells(cells, drawn, rng),
        describe_years(cells, kinds, drawn, rng),
        describe_years(cells, kinds, prior, prior_rng),
        pd.DataFrame(fit.training.waves),
        describe_moved(target, fit.draws, list(held), of_held) if list(held) else pd.DataFrame(),
        coverage,
        p,
    )


def write_results(fit: Fit, checks: Checks, folder: Path) -> None:
    """Write posterior, tables, pictures, report and metadata."""
    from experiments.fitting.pictures import write_series  # noqa: PLC0415 - matplotlib only when drawing

    fit.posterior.write(folder / POSTERIOR)
    tables = checks._asdict()
    tables.pop("joint_p")
    for name, table in tables.items():
        if len(table.columns):
            write_csv(table, folder / f"{name}.csv")
    write_series(checks.cells, fit.loaded, folder)
    write_report(
        fit, checks.parameters, checks.years, checks.convergence, checks.joint_p, folder / "report.md"
    )
    _write_metadata({**fit.posterior.about, "joint_p_of_twins": checks.joint_p}, folder)


def _write_metadata(told: dict[str, Any], folder: Path) -> None:
    """Write what says whose folder it is, whole or not at all."""
    told = {"format": FORMAT, "kind": KIND, **told}
    with readable_errors(folder), replacing(folder / METADATA) as temporary:
        temporary.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
