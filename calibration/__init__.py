"""Fitting the model to observations, through an explicit model of how they were observed."""
