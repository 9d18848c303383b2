"""What a person may say about a file that the file does not say itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from calibration.readers.values import Span

Every = Literal["day", "week", "month"]
Places = Literal["finest", "country"]
Order = Literal["day-first", "month-first"]
EVERY, PLACES, ORDERS = get_args(Every), get_args(Places), get_args(Order)


@dataclass(frozen=True)
class Options:
    """How a file is to be read.

    Attributes:
        every: Window into which counts of single days are added up. Windows that the file itself has stay.
        places: The finest places that the file names, or whole countries.
        order: How dates such as 05/01/2030 are meant; None: as the column shows.
        assessment: Type of assessment to keep of several (BA, SA, ETT), which are never added; None: baseline first.
        when: First and last day of a round that the file does not date.
        sheet: The one sheet of a workbook to read; None: all that fit together.
        source: Key of a table of sources for all rows; None: as the file says, or its name.
    """

    every: Every = "month"
    places: Places = "finest"
    order: Order | None = None
    assessment: str | None = None
    when: Span | None = None
    sheet: str | None = None
    source: str | None = None
