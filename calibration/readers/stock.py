"""Reads rounds: people present at places when a round was held (DTM API and its exports, baseline workbooks)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from calibration.readers.header import Records, drop_totals
from calibration.readers.options import Options
from calibration.readers.places import FINEST, check_points, name_places, place_roles
from calibration.readers.repeats import drop_repeated, look_for_sums
from calibration.readers.report import Findings, Reading
from calibration.readers.tally import Key, Tally
from calibration.readers.values import Span, read_counts, read_spans
from calibration.table import EVERYBODY, build_table

INDICATORS = {"idps": "idps_present", "migrants": "migrants_present"}
GROUPS = {
    "males": "sex:male",
    "females": "sex:female",
    "men": "sex_age:men",
    "women": "sex_age:women",
    "children": "age:children",
}
PREFERRED = ("BA", "SA", "ETT")
"""Baseline, site assessment, event tracking: three looks at the same people."""
TOLD_APART = (*FINEST, "round", "date", "from", "to", "nationality", "operation", "reason", "origin")
USED = (
    "id", "date", "from", "to", "round", "country", "country_code", "admin1", "admin2", "admin3", "admin4", "latitude",
    "longitude", "nationality", "operation", "reason", "origin", "assessment", "level", "source", *GROUPS, *INDICATORS,
)  # fmt: skip


def is_stock(records: Records) -> bool:
    """Return whether records count people who are present at a place."""
    counts = any(role in records.roles for role in INDICATORS)
    return counts and bool(place_roles(records.roles, "finest") or "round" in records.roles)


def read_stock(sheets: Sequence[Records], findings: Findings, options: Options) -> Reading:
    """Return what rounds say.

    Of several sheets of the same people, that with the fewest lines gives everybody; the others only add groups that it
    does not have. Nothing is ever added over sheets, types of assessment, levels of areas or operations.

    Raises:
        ScenarioError: It cannot be read without doubt.
    """
    stocks = sorted((sheet for sheet in sheets if is_stock(sheet)), key=_is_by_nationality)
    roles = [role for role in FINEST if all(role in sheet.roles for sheet in stocks)]
    main = stocks[0]
    when = _read_days(main, findings, options)
    if when is None:
        raise findings.fail(
            "no column says when people were there", "give the days: --when 2030-01-01..2030-02-28"
        )
    same = set(when.values())
    only = same.pop() if len(same) == 1 else None
    tally = Tally("round")
    n_lines = 0
    for sheet in stocks:
        days = when if sheet is main else _read_days(sheet, findings, options)
        of_sheet = Tally("round")
        n_lines += _add_sheet(
            of_sheet, sheet, roles, days or dict.fromkeys(sheet.numbers(), only), findings, options
        )
        if sheet is not main:
            message = f"sheet '{sheet.sheet}' is of the same people: only groups that '{main.sheet}' lacks are taken"
            findings.note(message)
        tally.take_new_dimensions(of_sheet)
    findings.raise_problems()
    rounds = sorted(set(main.texts("round")) - {""}, key=lambda name: (len(name), name))
    _look_at_rounds(main, when, rounds, findings)
    table = build_table(tally.rows())
    return Reading(
        findings.file, "rounds (people present)", main.uses(USED), n_lines, table, findings, tuple(rounds)
    )


def _is_by_nationality(records: Records) -> tuple[bool, int]:
    return "nationality" in records.roles, len(records.lines)


def _read_days(records: Records, findings: Findings, options: Options) -> dict[int, Span | None] | None:
    """Return line to days; None if no column says them."""
    lines = records.numbers()
    if options.when is not None:
        return dict.fromkeys(lines, options.when)
    ends = (
        ("from", "to") if records.has("from", "to") else ("date", "date") if "date" in records.roles else None
    )
    if ends is None:
        return None
    read = [
        read_spans(records.column(end), lines, records.title(end), findings, options.order) for end in ends
    ]
    spans: dict[int, Span | None] = {}
    for first, last, line in zip(*read, lines, strict=True):
        spans[line] = Span(first.first, last.last) if first and last else None
        if first and last and first.first > last.last:
            findings.problem("ends before it begins", line=line, column=records.title(ends[1]))
    return spans


def _add_sheet(
    tally: Tally,
    records: Records,
    roles: list[str],
    when: dict[int, Span | None],
    findings: Findings,
    options: Options,
) -> int:
    """Add the people of one sheet; return how many lines were kept."""
    records = drop_repeated(drop_totals(records, findings), findings, may_repeat=False)
    records = _keep_one_assessment(_keep_one_level(records, findings), findings, options)
    check_points(records, findings)
    look_for_sums(records, list(zip(*(records.texts(role) for role in TOLD_APART), strict=True)), findings)
    counts = {
        role: read_counts(records.column(role), records.numbers(), records.title(role), findings)
        for role in (*INDICATORS, *GROUPS)
        if role in records.roles
    }
    whole = [role for role in ("country_code", "country") if role in records.roles]
    named = name_places(records, whole if options.places == "country" else roles, findings)
    sources = _name_sources(records, findings, options)
    nationalities = records.texts("nationality")
    indicator = next(role for role in INDICATORS if role in counts)
    for at, line in enumerate(records.numbers()):
        span = when[line]
        number = counts[indicator][at]
        if span is None or math.isnan(number):
            if not findings.problems:
                findings.drop("says no day" if span is None else "says no number of people", line)
            continue
        cell = Key(named[at], span, EVERYBODY, INDICATORS[indicator], sources[at])
        if "nationality" in records.roles:
            tally.add(cell._replace(group=f"nationality:{nationalities[at] or 'not said'}"), number)
        else:
            tally.add(cell, number)
        for role, group in GROUPS.items():
            if role in counts:  # unknown on one line of a place makes the group unknown there
                tally.add(cell._replace(group=group), counts[role][at])
    return len(records.lines)


def _name_sources(records: Records, findings: Findings, options: Options) -> list[str]:
    """Return the source of every line; operations are told apart by it, since their people may be the same."""
    operations = records.texts("operation")
    several = len(set(operations)) > 1
    if several:
        findings.look("several operations: told apart by the source of a row, never added")
    named = options.source or findings.name
    given = records.texts("source") if options.source is None else [""] * len(operations)
    return [
        f"{source or named}: {operation}" if several and operation else source or named
        for source, operation in zip(given, operations, strict=True)
    ]


def _keep_one_assessment(records: Records, findings: Findings, options: Options) -> Records:
    """Return the lines of one type of assessment: types look at the same people and are never added."""
    kinds = [text.upper() for text in records.texts("assessment")]
    found = sorted(
        set(kinds) - {""}, key=lambda kind: (PREFERRED.index(kind) if kind in PREFERRED else 9, kind)
    )
    if options.assessment and options.assessment.upper() not in found:
        known = f"it has: {', '.join(found)}" if found else "it does not say the type of assessment"
        findings.problem(f"has no lines of assessment {options.assessment}", known)
        return records
    if len(found) < 2:
        return records
    chosen = options.assessment.upper() if options.assessment else found[0]
    rounds = records.texts("round")
    lost = {r for r, kind in zip(rounds, kinds, strict=True)} - {
        r for r, kind in zip(rounds, kinds, strict=True) if kind == chosen
    }
    if lost:
        findings.look(
            f"rounds without {chosen}, left out: {', '.join(sorted(lost))} (--assessment chooses another type)"
        )
    for kind, line in zip(kinds, records.numbers(), strict=True):
        if kind != chosen:
            findings.drop(
                f"assessment {kind or 'not said'} beside {chosen}: the same people, never added", line
            )
    return records.keep([kind == chosen for kind in kinds])


def _keep_one_level(records: Records, findings: Findings) -> Records:
    """Return the lines of one level of areas: areas of a level hold those of the next."""
    levels = records.texts("level")
    common = Counter(levels)
    if len(common) < 2:
        return records
    chosen = max(common, key=lambda level: (common[level], level))
    for level, line in zip(levels, records.numbers(), strict=True):
        if level != chosen:
            findings.drop(f"areas of level {level or 'not said'} beside level {chosen}: never added", line)
    return records.keep([level == chosen for level in levels])


def _look_at_rounds(
    records: Records, when: dict[int, Span | None], rounds: list[str], findings: Findings
) -> None:
    """Say which rounds are missing, dated twice, or dated like another."""
    numbers = sorted({int(name) for name in rounds if name.isdecimal()})
    if gaps := sorted(set(range(numbers[0], numbers[-1])) - set(numbers)) if numbers else []:
        findings.look(
            f"rounds {', '.join(map(str, gaps[:10]))}{' ...' if len(gaps) > 10 else ''} are not in the file"
        )
    days: dict[tuple[str, str], set[Span]] = defaultdict(set)
    names: dict[tuple[str, Span], set[str]] = defaultdict(set)
    areas = name_places(records, FINEST)
    for area, name, line in zip(areas, records.texts("round"), records.numbers(), strict=True):
        if (span := when.get(line)) and name:
            days[area, name].add(span)
            names[area, span].add(name)
    if twice := sorted({name for (_, name), spans in days.items() if len(spans) > 1}):
        findings.look(f"round {', '.join(twice)} has more than one date at the same place")
    if same := sorted({", ".join(sorted(found)) for found in names.values() if len(found) > 1}):
        findings.look(
            f"rounds {'; '.join(same)} have the same date at the same place: is a round there twice?"
        )
