"""A page on this machine to move levers and look at once: ``safepassage explore``."""
