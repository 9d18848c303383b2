"""The language of experiment plans: what a plan file may say, and how it becomes a Plan."""
