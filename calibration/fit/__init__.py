"""A fit from its file to a posterior."""
