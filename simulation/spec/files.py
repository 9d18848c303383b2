"""Input files read whole and safely, every trouble one clear problem; folders written whole or not at all."""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulation.errors import Problem, ScenarioError


def read_text(file: Path, *, limit_bytes: int, advice: str = "", advice_if_large: str = "") -> str:
    """Return the text of a UTF-8 file (a byte order mark is dropped, as some spreadsheets write one).

    Args:
        file: What to read.
        limit_bytes: Larger files are refused unread, so that a wrong file cannot fill the memory.
        advice: What the author could do about a file that is not there.
        advice_if_large: The same about one that is too large.

    Raises:
        ScenarioError: Missing, not a regular file, not readable, too large, not UTF-8, or binary.
    """
    try:
        status = file.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _unreadable(file, "is a folder, not a file", advice)
        if not stat.S_ISREG(status.st_mode):
            raise _unreadable(file, "is not a regular file", advice)
        if status.st_size > limit_bytes:
            size, limit = _size(status.st_size), _size(limit_bytes)
            raise _unreadable(file, f"is too large: {size}, and at most {limit} are read", advice_if_large)
        raw = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise _unreadable(file, "does not exist", advice) from None
    except PermissionError:
        raise _unreadable(file, "cannot be read: permission denied", "") from None
    except (OSError, ValueError) as error:  # a name with a zero byte, a loop of links, a disk that fails
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _unreadable(file, f"cannot be read: {reason}", "") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = Problem(file, line, "", "is not UTF-8 text", "save it as UTF-8, the encoding of plain text")
        raise ScenarioError([problem]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ScenarioError([Problem(file, line, "", "is not a text file: it holds a zero byte")])
    return text


def _unreadable(file: Path, message: str, advice: str) -> ScenarioError:
    return ScenarioError([Problem(file, None, "", message, advice)])


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1_000_000 else f"{n_bytes / 1e3:.0f} kB"


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield a folder to write into, which takes the place of ``target`` if all goes well; else nothing is left of it.

    Args:
        target: A folder that does not exist, or is empty; its parents are made.

    Raises:
        OSError: It cannot be written, or holds something.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rmdir()
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        temporary.replace(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
