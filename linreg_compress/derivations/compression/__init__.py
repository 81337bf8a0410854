"""Gaussian codes of the weights, their risks, and when they lower the population risk."""
