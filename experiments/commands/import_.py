"""The verb import: what others write in their formats, one format a line and a module."""

from __future__ import annotations

from experiments.commands.lazy_group import formats_group

FORMATS = {
    "dtm": (
        "experiments.commands.import_dtm",
        "Read observed counts (DTM, Missing Migrants, Frontex, plain tables) into one tidy table.",
    ),
    "flee": (
        "experiments.commands.import_flee",
        "Read a Flee case (input folder, validation folder, settings) into a scenario.",
    ),
}

command = formats_group("import", FORMATS, "Read files of other programmes and publishers.")
