"""Plain words for what validation found wrong, with the nearest known name where a name is unknown."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from simulation.errors import shown

_PLAIN = {
    "string_type": 'needs text; put it in quotes: "..."',
    "dict_type": "needs keys and values below it",
    "model_type": "needs keys and values below it",
    "tuple_type": 'needs a list: lines that start with "- "',
    "int_type": "needs a whole number",
    "int_from_float": "needs a whole number",
    "int_parsing": "needs a whole number",
    "float_type": "needs a number",
    "float_parsing": "needs a number",
    "bool_type": "needs true or false",
    "bool_parsing": "needs true or false",
    "finite_number": "needs a finite number",
}

_STARTS = re.compile(r"^(Input|String|List|Tuple|Value) should")


def near_name(name: str, known: Iterable[str]) -> str:
    """Return a hint: the known name nearest to ``name``, or all known names if they are few."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if not near:
        folded = {other.casefold(): other for other in names}
        near = [folded[match] for match in difflib.get_close_matches(name.casefold(), folded, n=1)]
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= 12 else ""


def explain(error: ErrorDetails) -> tuple[str, str]:
    """Return one validation error in plain words with what was found, and a hint (may be empty)."""
    kind = error["type"]
    if kind == "missing":
        return "is missing", ""
    if kind == "extra_forbidden":
        return "unknown key", ""
    if kind == "value_error":
        return (str(error["ctx"]["error"]) if "ctx" in error else error["msg"]), ""
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        hint = near_name(str(error["input"]), allowed)
        message = f"{_shown(error['input'])} is not one of: {', '.join(allowed)}"
        return message, hint if hint.startswith("did") else ""
    message = _PLAIN.get(kind) or _STARTS.sub("should", error["msg"])
    return f"{message}; got {_shown(error['input'])}", ""


def known_keys(model: type[BaseModel]) -> list[str]:
    """Return the keys that an author may write for ``model`` (aliases where there are any)."""
    return [field.alias or name for name, field in model.model_fields.items()]


def model_at(model: type[BaseModel], loc: Iterable[str | int]) -> type[BaseModel] | None:
    """Return the model class that validates what stands at ``loc`` below ``model``; None if there is none."""
    here: Any = model
    for step in loc:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = next((f for n, f in here.model_fields.items() if step in (n, f.alias)), None)
            here = None if field is None else _bare(field.annotation)
        elif get_origin(here) in (tuple, dict):
            here = _bare(get_args(here)[0 if get_origin(here) is tuple else 1])
        else:
            return None
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _bare(annotation: Any) -> Any:  # noqa: ANN401  (a type expression has no narrower type)
    """Return a type expression without Annotated and without None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    options = [option for option in get_args(annotation) if option is not type(None)]
    if type(None) in get_args(annotation) and len(options) == 1:
        return _bare(options[0])
    return annotation


def _shown(value: object) -> str:
    text = (
        shown(value) if isinstance(value, (list, dict)) else repr(value)
    )  # lists may hold themselves many times
    return text if len(text) <= 60 else text[:57] + "..."
