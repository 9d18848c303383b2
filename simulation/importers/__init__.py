"""Readers of other programmes' scenarios: each gives one of ours, or every problem with its file and line."""
