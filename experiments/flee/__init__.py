"""Flee cases on our engine: scores beside naive forecasts, protection outcomes, checks and their page."""
