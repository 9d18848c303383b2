"""Forced displacement: people flee zones of conflict to camps, on the engine's people, legs, draws and counts."""
