"""Answers that look unlike the solution and are as right."""
