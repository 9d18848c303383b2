"""What was observed, how imperfectly, and how likely it is: the declared observation model."""
