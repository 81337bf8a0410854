"""Bounds of the generalization error by information."""
