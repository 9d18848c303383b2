"""Which package holds up when the numbers are not known: ranking, regret, money, and when a package fails."""
