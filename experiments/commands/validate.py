"""The verb validate: hold the model against what others observed, one format a line and a module."""

from __future__ import annotations

from experiments.commands.lazy_group import formats_group

FORMATS = {
    "flee": (
        "experiments.commands.validate_flee",
        "Hold a Flee case against its camps, beside naive forecasts.",
    ),
}

command = formats_group(
    "validate", FORMATS, "Hold runs against observations of others, by their own measures."
)
