"""Arrays in, arrays out: the step kernels. Compiled code is cached per version of this folder's source."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numba


def _cache_folder() -> Path:
    """Return a cache folder named by the kernels' source: numba alone does not see a change in an imported kernel."""
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "safepassage" / f"kernels-{digest.hexdigest()}"


if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]
