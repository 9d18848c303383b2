"""Rules that tell the draws in which a package fails: a small classification tree, judged on draws it never saw.

Scenario discovery (Lempert, Bryant and Bankes 2008, Comparing algorithms for scenario discovery, RAND WR-557-NSF) asks
which combinations of uncertain inputs go with failure. A rule is judged by its **coverage** (share of all failures that
it holds), its **density** (share of the draws it holds that fail) and by being short. The classifier is CART (Breiman,
Friedman, Olshen and Stone 1984), one of the two that the paper compares, from scikit-learn.

Draws are few and inputs are many, so that some input goes with failure by chance. Therefore only the inputs with the
largest rank correlation are offered to the tree; this choice is a part of the fit and made anew in every fold of the
cross-validation, from the draws of that fold alone. Failures and successes weigh the same, however rare one of them is.

**Skill**: share of failures that rules from other draws call failures, minus share of successes that they call
failures (Peirce 1884, Science 4:453-454). 1: all are told; 0: no better than saying the same of every draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.statistics import Floats
from simulation.errors import SafePassageError

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeClassifier

Bools = NDArray[np.bool_]
MANY_DRAWS = 200


class DiscoveryError(SafePassageError):
    """Scenario discovery cannot be done."""


class Condition(NamedTuple):
    """Part of a rule: the uniform behind one factor lies in (low, high].

    Attributes:
        factor: Number of the factor (column of the points).
        low: Lower end, 0 where there is none.
        high: Upper end, 1 where there is none.
    """

    factor: int
    low: float
    high: float


@dataclass(frozen=True)
class Rule:
    """Conditions that hold together, and what happened in the draws in which they do.

    Attributes:
        conditions: One a factor, in the order of factors.
        draws: Draws in which all conditions hold.
        failures: Failures among them.
    """

    conditions: tuple[Condition, ...]
    draws: int
    failures: int

    def holds(self, points: Floats) -> Bools:
        """Return (n_draws,) whether the rule holds in each draw."""
        inside = [(points[:, c.factor] > c.low) & (points[:, c.factor] <= c.high) for c in self.conditions]
        return np.logical_and.reduce(inside) if inside else np.ones(len(points), np.bool_)


class Search(NamedTuple):
    """How rules are looked for.

    Attributes:
        factors: Factors offered to the tree, those with the largest rank correlation with failure.
        depth: Conditions on a path, at most.
        leaf: Draws a rule must hold, at least.
        folds: Parts of the cross-validation.
    """

    factors: int
    depth: int
    leaf: int
    folds: int


def choose_search(n_draws: int) -> Search:
    """Return how to look for rules among so many draws: two conditions at most, three from 200 draws on."""
    many = n_draws >= MANY_DRAWS
    return Search(factors=8 if many else 4, depth=3 if many else 2, leaf=max(5, n_draws // 20), folds=5)


@contextmanager
def quick_trees() -> Iterator[None]:
    """Leave out scikit-learn's checks of its own arguments, which take longer than a small tree.

    Raises:
        DiscoveryError: scikit-learn is missing.
    """
    _import_tree()
    from sklearn import config_context  # noqa: PLC0415 - optional, slow

    with config_context(skip_parameter_validation=True, assume_finite=True):
        yield


def rank_columns(points: Floats) -> Floats:
    """Return (n_draws, n_factors) ranks of each factor, centred and of length 1; 0 for a factor that never varies."""
    from scipy.stats import rankdata  # noqa: PLC0415 - slow to import

    ranks = np.asarray(rankdata(points, axis=0), float)
    return _standardise(ranks)


def screen_factors(ranks: Floats, fails: Bools, n: int) -> NDArray[np.int64]:
    """Return the numbers of the ``n`` factors that go with failure most by rank correlation, in ascending order.

    Args:
        ranks: (n_draws, n_factors) ranks of the factors in these draws or in more, no label in them.
        fails: (n_draws,).
        n: Factors to keep.
    """
    label = fails - fails.mean()
    strength = np.abs(label @ _standardise(ranks))
    return np.sort(np.argsort(-strength, kind="stable")[:n])


def fit_tree(
    points: Floats, ranks: Floats, fails: Bools, search: Search
) -> tuple[NDArray[np.int64], DecisionTreeClassifier]:
    """Return the factors offered and the tree grown on them."""
    tree_class = _import_tree()
    chosen = screen_factors(ranks, fails, search.factors)
    tree = tree_class(max_depth=search.depth, min_samples_leaf=search.leaf, random_state=0)
    weight = np.where(fails, 0.5 / fails.sum(), 0.5 / (~fails).sum()) * len(fails)
    # Checks of input would take longer than the tree, which is grown thousands of times.
    tree.fit(_as_tree_input(points, chosen), fails.astype(np.float64)[:, None], weight, check_input=False)
    return chosen, tree


def predict_unseen(
    points: Floats, ranks: Floats, fails: Bools, search: Search, folds: NDArray[np.int64]
) -> Bools:
    """Return (n_draws,) what rules from the other folds say of each draw: True where they call it a failure.

    Args:
        points: (n_draws, n_factors) uniforms.
        ranks: The same shape, ``rank_columns(points)``: no label is in them, so they may hold all draws.
        fails: (n_draws,).
        search: How rules are looked for.
        folds: (n_draws,) number of each draw's fold.
    """
    said = np.zeros(len(fails), np.bool_)
    for fold in np.unique(folds):
        out = folds == fold
        if fails[~out].all() or not fails[~out].any():
            said[out] = fails[~out].all()
            continue
        chosen, tree = fit_tree(points[~out], ranks[~out], fails[~out], search)
        said[out] = _predict(tree, points[out], chosen)
    return said


def _as_tree_input(points: Floats, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.ascontiguousarray(points[:, chosen], np.float32)


def _predict(tree: DecisionTreeClassifier, points: Floats, chosen: NDArray[np.int64]) -> Bools:
    return np.asarray(tree.predict(_as_tree_input(points, chosen), check_input=False) > 0.5, np.bool_)


def deal_folds(fails: Bools, n_folds: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return (n_draws,) folds that share failures and successes as evenly as can be, dealt at random."""
    folds = np.zeros(len(fails), np.int64)
    start = 0
    for label in (True, False):
        members = rng.permutation(np.flatnonzero(fails == label))
        folds[members] = (start + np.arange(len(members))) % n_folds
        start += len(members)
    return folds


def compute_skill(fails: Bools, said: Bools) -> float:
    """Return the share of failures called failures minus the share of successes called failures, in [-1, 1]."""
    if fails.all() or not fails.any():
        return 0.0
    return float(said[fails].mean() - said[~fails].mean())


def find_rules(points: Floats, fails: Bools, search: Search) -> list[Rule]:
    """Return the rules of the tree grown on all draws that call a draw a failure; the surest first.

    Args:
        points: (n_draws, n_factors) uniforms.
        fails: (n_draws,), some True and some False.
        search: How rules are looked for.
    """
    chosen, tree = fit_tree(points, rank_columns(points), fails, search)
    rules = []
    for box in _failing_boxes(tree):
        ends = sorted((int(chosen[factor]), low, high) for factor, (low, high) in box.items())
        rule = Rule(tuple(Condition(*end) for end in ends), 0, 0)
        inside = rule.holds(points)
        rules.append(Rule(rule.conditions, int(inside.sum()), int(fails[inside].sum())))
    return sorted(rules, key=lambda rule: (-rule.failures / rule.draws, -rule.draws, rule.conditions))


Box = dict[int, tuple[float, float]]


def _failing_boxes(tree: DecisionTreeClassifier) -> list[Box]:
    """Return the boxes, by column of the tree, that it calls failures; two that make up a larger one are that one."""
    grown = tree.tree_

    def walk(node: int, box: Box) -> list[Box]:
        left, right = int(grown.children_left[node]), int(grown.children_right[node])
        if left < 0:
            return [box] if bool(tree.classes_[grown.value[node][0].argmax()]) else []
        factor, cut = int(grown.feature[node]), float(grown.threshold[node])
        low, high = box.get(factor, (0.0, 1.0))
        sides = {**box, factor: (low, cut)}, {**box, factor: (cut, high)}
        found = [walk(left, sides[0]), walk(right, sides[1])]
        return [box] if found == [[sides[0]], [sides[1]]] else found[0] + found[1]

    return walk(0, {})


def _standardise(table: Floats) -> Floats:
    centred = table - table.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    return np.asarray(np.divide(centred, length, out=np.zeros_like(centred), where=length > 0), float)


def _import_tree() -> type[DecisionTreeClassifier]:
    try:
        from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 - optional, slow
    except ImportError:
        raise DiscoveryError(
            "scenario discovery needs scikit-learn: install it with pip install 'safepassage[discovery]', or leave "
            "'discovery' out of the plan's analyses"
        ) from None
    found: type[DecisionTreeClassifier] = DecisionTreeClassifier
    return found
