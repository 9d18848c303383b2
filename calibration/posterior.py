"""The posterior file: draws of theta and psi with all that says where they come from; what scenarios draw from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from calibration.cells import Floats, Ints
from calibration.space import HARDLY
from simulation.errors import ResultError
from simulation.spec.models import Scenario
from simulation.world.draws import find_ranges

FORMAT = 1
LIMIT_BYTES = 200_000_000
CHAINS = 4
_MARK = b"safepassage.posterior"
_THETA, _PSI = "theta:", "psi:"
_STREAM = 5
"""Spawn key of which draw a replicate has; 1 to 4 are others', see ``calibration.engine``."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws from the joint posterior of the model's factors and the observation model's parameters.

    Attributes:
        factors: Labels of theta.
        members: Names of the uncertain numbers behind each factor.
        uniforms: (n_draws, n_factors).
        psi_names: Names of psi.
        psi: (n_draws, n_psi) values.
        log_likelihood: (n_draws,)
        weights: (n_draws,) adding to 1.
        chain: (n_draws,) which of ``CHAINS`` parts of the ensemble a draw is from.
        ranges: Name of an uncertain number -> hashes of the ranges that it had when it was fitted.
        about: Everything else that says where the draws come from, ready for JSON.
    """

    factors: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]
    uniforms: Floats
    psi_names: tuple[str, ...]
    psi: Floats
    log_likelihood: Floats
    weights: Floats
    chain: Ints
    ranges: dict[str, tuple[str, ...]]
    about: dict[str, Any]

    def __post_init__(self) -> None:
        """Refuse draws that do not fit their names or are no uniforms."""
        n = len(self.log_likelihood)
        shapes = (self.uniforms.shape, self.psi.shape, self.weights.shape, self.chain.shape)
        if shapes != ((n, len(self.factors)), (n, len(self.psi_names)), (n,), (n,)) or n == 0:
            raise ValueError(f"draws do not fit their names: {shapes}")
        if len(self.members) != len(self.factors):
            raise ValueError("every factor needs the names of its numbers")
        if not ((self.uniforms >= 0) & (self.uniforms <= 1)).all():
            raise ValueError("uniforms must lie in [0, 1]")
        if not (np.isfinite(self.psi).all() and (self.weights >= 0).all() and self.weights.sum() > 0):
            raise ValueError("values must be finite, and weights at least 0 and some above")

    def __len__(self) -> int:
        """Return the number of draws."""
        return len(self.log_likelihood)

    @property
    def center(self) -> Floats:
        """(n_factors,) weighted median uniform of each factor."""
        order = np.argsort(self.uniforms, axis=0)
        ranked = np.take_along_axis(self.uniforms, order, axis=0)
        reached = np.cumsum(self.weights[order], axis=0) >= 0.5 * self.weights.sum()
        return np.asarray(np.take_along_axis(ranked, reached.argmax(axis=0)[None], axis=0)[0], np.float64)

    def given(self, uniforms: Floats) -> dict[str, float]:
        """Return uniforms (n_factors,) by the names of the numbers, as ``draw_scenario`` takes them."""
        return {name: float(u) for names, u in zip(self.members, uniforms, strict=True) for name in names}

    def choose(self, seed: int, replicates: int) -> Ints:
        """Return (replicates,) which draw each replicate has; that of a replicate does not depend on their number."""
        p = self.weights / self.weights.sum()
        keys = [np.random.SeedSequence(entropy=seed, spawn_key=(_STREAM, r)) for r in range(replicates)]
        return np.array([np.random.default_rng(key).choice(len(self), p=p) for key in keys], np.int64)

    def check_scenarios(self, scenarios: Iterable[Scenario], file: Path | str = "posterior") -> None:
        """Refuse scenarios in whose tables a fitted number has another range: its uniforms would mean other values.

        Raises:
            ResultError: Naming the numbers.
        """
        for scenario in scenarios:
            now = hash_ranges(scenario, self.ranges)
            changed = [name for name, found in now.items() if not set(found) <= set(self.ranges[name])]
            if changed:
                more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
                raise ResultError(
                    f"{file}: was fitted to other ranges of {', '.join(changed[:3])}{more} than "
                    f"{scenario.document.scenario} has; fit again, or use the tables it was fitted with"
                )

    def write(self, path: Path) -> Path:
        """Write the file, whole or not at all, and return its path.

        Raises:
            ResultError: It cannot be written.
        """
        columns = {
            **{_THETA + name: column for name, column in zip(self.factors, self.uniforms.T, strict=True)},
            **{_PSI + name: column for name, column in zip(self.psi_names, self.psi.T, strict=True)},
        }
        table = pa.table(
            {name: pa.array(column.astype(np.float32)) for name, column in columns.items()}
            | {"log_likelihood": self.log_likelihood, "weight": self.weights, "chain": self.chain}
        )
        told = {
            "format": FORMAT,
            "members": dict(zip(self.factors, self.members, strict=True)),
            "psi": self.psi_names,
            "ranges": self.ranges,
            "about": self.about,
        }
        mark = json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table.replace_schema_metadata({_MARK: mark}), temporary, compression="zstd")
            temporary.replace(path)
        except OSError as error:
            raise ResultError(f"{path}: cannot be written ({error.strerror})") from error
        return path

    def to_arviz(self) -> Any:  # noqa: ANN401  (InferenceData before ArviZ 1, DataTree from then on)
        """Return the draws as ArviZ holds them: an extra, ``pip install "safepassage[posterior]"``.

        Theta are uniforms of the factors' priors. Weights must be equal.

        Raises:
            ResultError: Draws are weighted, or ArviZ is not there.
        """
        try:
            import arviz  # noqa: PLC0415 - an extra that takes seconds to import
        except ImportError:
            raise ResultError('ArviZ is not installed: pip install "safepassage[posterior]"') from None
        if not np.allclose(self.weights, self.weights[0]):
            raise ResultError("weighted draws have no place in ArviZ; draw from them by their weights first")
        groups = {
            "posterior": self._by_chain([*self.factors, *self.psi_names], [*self.uniforms.T, *self.psi.T]),
            "log_likelihood": self._by_chain(["all cells"], [self.log_likelihood]),
        }
        from_dict: Any = arviz.from_dict
        return from_dict(groups) if int(arviz.__version__.split(".")[0]) >= 1 else from_dict(**groups)

    def _by_chain(self, names: Sequence[str], columns: Sequence[Floats]) -> dict[str, Floats]:
        """Return (n_chains, n) values by name; chains are cut to the shortest."""
        of = [np.flatnonzero(self.chain == k) for k in np.unique(self.chain)]
        shortest = min(len(rows) for rows in of)
        return {
            name: np.array([column[rows[:shortest]] for rows in of])
            for name, column in zip(names, columns, strict=True)
        }


def read_posterior(path: Path) -> Posterior:
    """Return a posterior file, checked.

    Raises:
        ResultError: It is not there, not a posterior file, of another format, or damaged.
    """
    if not path.is_file():
        raise ResultError(f"{path}: does not exist; `safepassage calibrate` writes a posterior file")
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise ResultError(f"{path}: is too large for a posterior file")
        table = pq.read_table(str(path), use_threads=False)
        told = json.loads((table.schema.metadata or {})[_MARK])
    except (OSError, pa.ArrowException, ValueError, KeyError) as error:
        raise ResultError(f"{path}: is not a posterior file ({type(error).__name__})") from error
    if told.get("format") != FORMAT:
        raise ResultError(f"{path}: has format {told.get('format')}; {FORMAT} is needed")
    try:
        return _build(table, told)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ResultError(f"{path}: is damaged ({error})") from error


def _build(table: pa.Table, told: dict[str, Any]) -> Posterior:
    def columns(prefix: str, names: Iterable[str]) -> Floats:
        found = [table.column(prefix + name).to_numpy().astype(np.float64) for name in names]
        return np.array(found).T.reshape(table.num_rows, -1)

    factors, psi = tuple(told["members"]), tuple(told["psi"])
    uniforms = columns(_THETA, factors)
    inside = (uniforms > 0) & (uniforms < 1)  # single precision may round to the end of the range
    ends = ((uniforms == 0) | (uniforms == 1)) & ~inside
    return Posterior(
        factors,
        tuple(tuple(names) for names in told["members"].values()),
        np.where(ends, np.clip(uniforms, HARDLY, 1 - HARDLY), uniforms),
        psi,
        columns(_PSI, psi),
        table.column("log_likelihood").to_numpy().astype(np.float64),
        table.column("weight").to_numpy().astype(np.float64),
        table.column("chain").to_numpy().astype(np.int64),
        {name: tuple(found) for name, found in told["ranges"].items()},
        told["about"],
    )


def hash_ranges(scenario: Scenario, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return short hashes of the ranges of uncertain numbers of a scenario, by name; names it lacks are left out."""
    found = find_ranges(scenario)
    return {
        name: tuple(sorted(hashlib.sha256(repr(one).encode()).hexdigest()[:8] for one in found[name]))
        for name in names
        if name in found
    }
