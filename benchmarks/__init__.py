"""How fast the engine is, beside other ways to simulate the same thing; `make bench` runs all of it."""
