"""Readers of other publishers' files: each makes the one observed table, and says what it did not take over."""
