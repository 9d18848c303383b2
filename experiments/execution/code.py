"""A hash of the model's source: runs of different code are never taken for each other's."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import simulation


@cache
def hash_model_code() -> str:
    """Return a hash of the model's source, so that a run made by other code is never taken for this one's."""
    digest = hashlib.sha256()
    package = Path(simulation.__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
