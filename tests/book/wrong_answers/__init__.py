"""Plausible wrong answers, each with words of the hint it should get."""
