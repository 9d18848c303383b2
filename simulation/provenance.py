"""What is needed to repeat a run: versions, platform and code revision. No user, host or path names."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("safepassage", "numpy", "scipy", "numba", "mesa", "networkx", "pandas", "pyarrow")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


@cache
def revision() -> str:
    """Return the git revision of the code, with ``+changes`` if files differ from it; ``unknown`` without git."""
    folder = Path(__file__).parent

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=10
        )
        return done.stdout.strip()

    try:
        head = git("rev-parse", "HEAD")
        return head + (
            "+changes" if git("status", "--porcelain", "--untracked-files=no", "--", str(folder)) else ""
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def provenance() -> dict[str, object]:
    """Return software versions, revision and platform, ready for JSON."""
    return {
        "revision": revision(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in _PACKAGES},
    }
