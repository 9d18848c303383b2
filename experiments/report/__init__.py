"""The report: one page for people who decide, made from the tables of an experiment folder."""
