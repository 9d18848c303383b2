"""Reads responses of the DTM API v3 that were saved as JSON, and asks the API itself with the extra `dtm`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from calibration.readers.grid import Cell, Line, Sheet, clean, decode
from calibration.readers.report import Findings
from simulation.errors import Problem, ScenarioError, printable

LEVELS = (0, 1, 2)


def is_json(raw: bytes) -> bool:
    """Return whether a file begins as JSON does."""
    return raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read_response(raw: bytes, findings: Findings) -> Sheet:
    """Return the records of a saved response as a sheet: numbers of its lines are numbers of the records.

    Raises:
        ScenarioError: It is not JSON, not a response, or one of a request that failed.
    """
    try:
        answer = json.loads(decode(raw, findings))
    except json.JSONDecodeError as error:
        raise findings.fail(
            f"is not valid JSON: {error.msg}", "save the whole response", line=error.lineno
        ) from None
    except (RecursionError, ValueError):  # nested without end; a number of thousands of digits
        raise findings.fail("is not a response of the DTM API") from None
    records = _unwrap(answer, findings)
    fields = list(dict.fromkeys(name for record in records for name in record))
    findings.note("saved response of the DTM API: lines are numbered by record")
    lines = [
        Line(number, [_as_cell(record.get(field)) for field in fields])
        for number, record in enumerate(records, 1)
    ]
    return Sheet("", [Line(0, [clean(str(name)) for name in fields]), *lines])


def fetch(country: str, level: int, file: Path) -> None:
    """Ask the DTM API for all rounds of a country and save the response; the key is read from the environment.

    Args:
        country: ISO 3166 code of three letters.
        level: 0 for the country, 1 or 2 for its areas.
        file: Where the response is saved; must not exist.

    Raises:
        ScenarioError: The extra is not installed, there is no key, or the API refuses.
    """
    if file.exists():
        raise _refuse(file, "exists already", "give the name of a new file")
    if not file.parent.is_dir():
        raise _refuse(file, "is in a folder that does not exist", "make the folder first")
    try:
        from dtmapi import DTMApi  # noqa: PLC0415
    except ImportError:
        raise _refuse(
            file, "asking the DTM API needs the extra dtm", 'pip install "safepassage[dtm]"'
        ) from None
    try:
        client = DTMApi()
        ask = getattr(client, f"get_idp_admin{level}_data")
        result = ask(Admin0Pcode=country.upper(), to_pandas=False)
    except Exception as error:  # the client's errors have no common base that says more than its text
        hint = f"the key is read from {DTMApi.ENV_KEY_NAME}"
        raise _refuse(file, f"the DTM API did not answer: {printable(str(error))}", hint) from None
    answer = {"result": result, "isSuccess": True, "errorMessages": [], "totalRecordsCount": len(result)}
    file.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


def _refuse(file: Path, message: str, hint: str) -> ScenarioError:
    return ScenarioError([Problem(file, None, "", message, hint)])


def _unwrap(answer: object, findings: Findings) -> list[dict[Any, Any]]:
    records: object = answer
    if isinstance(answer, dict):
        if answer.get("isSuccess") is False:
            reasons = answer.get("errorMessages")
            reason = (
                printable(str(reasons[0])[:200])
                if isinstance(reasons, list) and reasons
                else "no reason given"
            )
            raise findings.fail(f"is the response to a request that failed: {reason}", "ask again")
        records = answer.get("result")
        expected = answer.get("totalRecordsCount")
        if isinstance(records, list) and isinstance(expected, int) and expected != len(records):
            findings.look(
                "the response says that there are more or fewer records than it holds: is it whole?"
            )
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise findings.fail(
            "is JSON, but not a response of the DTM API", "it has a list of records under 'result'"
        )
    if not records:
        raise findings.fail("is a response without records", "ask for other rounds or another country")
    return records


def _as_cell(value: object) -> Cell:
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return None if value is None else clean(json.dumps(value))
