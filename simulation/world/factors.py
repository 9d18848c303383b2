"""Factors: uncertain numbers by name, alone or in groups that share a uniform; who varies numbers names them so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from simulation.errors import SafePassageError
from simulation.spec.explain import near_name


class FactorProblem(NamedTuple):
    """One thing wrong with the factors that a plan names."""

    where: tuple[str | int, ...]
    """("factors", index) or ("groups", label, index), shorter for the whole."""
    message: str
    hint: str = ""


class DesignError(SafePassageError):
    """A design cannot be made; all reasons at once."""

    def __init__(self, problems: Sequence[FactorProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(_say(problem) for problem in problems))


class Factors(NamedTuple):
    """Factors by label, and the names of the draws behind each."""

    labels: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]


def find_factors(
    names: Sequence[str], factors: Sequence[str] = (), groups: Mapping[str, Sequence[str]] | None = None
) -> Factors:
    """Return the factors that are asked for among the names of uncertain numbers.

    Args:
        names: Names of uncertain numbers, as ``simulation.world.draws.find_uncertain`` lists them.
        factors: Names, or patterns with * and ?; each name found is a factor of its own.
        groups: Label -> names or patterns: all that is found shares one uniform. Neither: every name is a factor.

    Raises:
        DesignError: A name or pattern that fits nothing, a name in two factors, a label twice.
    """
    groups = groups or {}
    if not factors and not groups:
        return Factors(tuple(names), tuple((name,) for name in names))
    problems: list[FactorProblem] = []
    owner: dict[str, str] = {}
    found: dict[str, tuple[str, ...]] = {}

    def take(label: str | None, pattern: str, where: tuple[str | int, ...]) -> list[str]:
        hits = [name for name in names if name == pattern] or [n for n in names if fnmatchcase(n, pattern)]
        if not hits:
            problems.append(_nothing(where, pattern, names))
        taken = [name for name in hits if name in owner]
        if taken:
            several = f", and {len(taken) - 1} more that fit {pattern}," if len(taken) > 1 else ""
            message = f"{taken[0]}{several} is in another factor already: {owner[taken[0]]}"
            problems.append(FactorProblem(where, message.replace(", is", ", are")))
        owner.update({name: label or name for name in hits})
        return hits

    for label, patterns in groups.items():
        hits = [name for i, one in enumerate(patterns) for name in take(label, one, ("groups", label, i))]
        if not patterns:
            problems.append(FactorProblem(("groups", label), "a group needs at least one name"))
        found[label] = tuple(hits)
    for index, pattern in enumerate(factors):
        for name in take(None, pattern, ("factors", index)):
            if name in groups:
                problems.append(FactorProblem(("factors", index), f"{name} is the label of a group too"))
            found[name] = (name,)
    if problems:
        raise DesignError(problems)
    return Factors(tuple(found), tuple(found.values()))


def _nothing(where: tuple[str | int, ...], pattern: str, names: Sequence[str]) -> FactorProblem:
    if any(c in pattern for c in "*?["):
        return FactorProblem(
            where, f"no uncertain number fits {pattern}", "`safepassage plan factors` lists them"
        )
    message = f"{pattern} is no uncertain number of these scenarios"
    return FactorProblem(where, message, near_name(pattern, names) or "`safepassage plan factors` lists them")


def _say(problem: FactorProblem) -> str:
    where = problem.where if problem.where[0] == "replicates" else ("design", *problem.where)
    return f"{'.'.join(map(str, where))}: {problem.message}" + (f" ({problem.hint})" if problem.hint else "")
