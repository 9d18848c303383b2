"""The scenario language: models, loading, checks and the published reference."""
