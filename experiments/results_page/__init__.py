"""The results page of a plan: docs/results/NAME.md with pictures, every sentence made from numbers."""
