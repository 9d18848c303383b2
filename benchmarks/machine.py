"""What a measurement was made on: processor, memory, versions, revision, date."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.measured import ROOT
from simulation.machine import n_cores

_PACKAGES = ("numpy", "numba", "mesa")


def _field(path: str, name: str) -> str:
    file = Path(path)
    lines = file.read_text().splitlines() if file.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def describe() -> dict[str, str]:
    """Return the machine, the software and the source as words."""
    kilobytes = _field("/proc/meminfo", "MemTotal").split()
    memory = f"{int(kilobytes[0]) / 2**20:.0f} GiB" if kilobytes else "unknown"
    processor = _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()
    changed = " with changes" if _git("status", "--porcelain", "--", "simulation") else ""
    return {
        "processor": f"{processor}, {n_cores()} cores usable, {memory}",
        "load": f"{os.getloadavg()[0]:.1f} processes ready to run, on average over the minute before",
        "system": f"{platform.system()} {platform.machine()}",
        "software": f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        "revision": (_git("rev-parse", "--short", "HEAD") or "unknown") + changed,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }
