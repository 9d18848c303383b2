"""A Flee case on Flee and on our engine: same folder, same number of people."""
