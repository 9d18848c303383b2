"""The report: one page for people who decide, made from the tables of an experiment folder."""

LANGUAGES = ("en", "fr")
"""Languages of the page, each with its file in messages; here, where the command line reads it without the rest."""
