"""Least squares and the laws of its risks and weights."""
