"""Fits and forecasts as commands make them: runs through the executor, results into a folder."""
