"""Data out: the comparison for other programs, every column named, tagged and explained."""
