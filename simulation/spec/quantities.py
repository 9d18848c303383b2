"""The words of the scenario language: identifiers, shares, days, rates and the closed lists of kinds."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from simulation.units import parse_quantity


class Strict(BaseModel):
    """Unknown keys are errors, loaded values never change, field docstrings become the reference page."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


def _id(text: str) -> str:
    if not text or not all(c.isalnum() or c in "_-" for c in text):
        raise ValueError("an identifier has letters, digits, _ and - only")
    return text


Identifier = Annotated[str, Field(max_length=64), AfterValidator(_id)]


def number_only(value: object) -> object:
    """Refuse true and false, which pydantic would read as 1 and 0."""
    if isinstance(value, bool):
        raise ValueError(f"needs a number, not {str(value).lower()}")
    return value


Number = Annotated[float, BeforeValidator(number_only)]
Share = Annotated[float, Field(ge=0.0, le=1.0), BeforeValidator(number_only)]
Usd = Annotated[float, Field(ge=0.0), BeforeValidator(number_only)]
Factor = Annotated[float, Field(ge=0.0, le=1000.0), BeforeValidator(number_only)]
Confidence = Literal["data", "published", "derived", "recalled", "assumed"]
# For editors; parse_quantity decides.
QUANTITY_PATTERN = r"^\s*[0-9.]+([eE][-+]?[0-9]+)?\s*[A-Za-z/]+\s*$"
# Written and dumped with a unit (repr keeps every bit), so that a bare number is always a mistake.
Days = Annotated[
    float,
    BeforeValidator(lambda text: parse_quantity(text, "day")),
    PlainSerializer(lambda days: f"{days!r} days", return_type=str),
    Field(
        json_schema_extra={"type": "string", "pattern": QUANTITY_PATTERN, "examples": ["90 days", "6 months"]}
    ),
]
PersonsPerDay = Annotated[
    float,
    BeforeValidator(lambda text: parse_quantity(text, "persons/day")),
    PlainSerializer(lambda rate: f"{rate!r} persons/day", return_type=str),
    Field(
        json_schema_extra={
            "type": "string",
            "pattern": QUANTITY_PATTERN,
            "examples": ["100 persons/month", "20 persons/day"],
        }
    ),
]


def _day(value: object) -> object:
    # Pydantic would read 2016 as a number of seconds since 1970.
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise ValueError(f"needs a day such as 2016-09-01; got {value!r}")
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"{value.strip()} is not a day of the calendar") from None


Day = Annotated[date, BeforeValidator(_day)]

Mode = Literal["paved", "unpaved", "desert", "sea", "regular"]
Purpose = Literal["irregular", "regular", "interception", "return_forced", "return_voluntary"]
Control = Literal["main", "bypass"]
PlaceKind = Literal[
    "origin",
    "hub",
    "border_post",
    "desert_waypoint",
    "coastal_departure",
    "sea_zone",
    "destination",
    "detention_hub",
]
Setting = Literal["leg", "place", "detention", "captivity"]
Outcome = Literal["death", "abduction", "arrest", "injury", "violence", "sgbv", "robbery", "separation"]
Sex = Literal["female", "male"]
AgeBand = Literal["child", "adult"]
Intention = Literal["europe", "north_africa", "region", "circular"]
PathwayKind = Literal["humanitarian", "evacuation", "family", "labour", "visa", "study"]
Eligible = Literal["all", "children", "unaccompanied", "women_and_children", "vulnerable"]
ServiceKind = Literal["health", "shelter", "basic", "protection", "information"]
