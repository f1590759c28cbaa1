"""How good: the ladder, what was tried, what mistakes cost."""
