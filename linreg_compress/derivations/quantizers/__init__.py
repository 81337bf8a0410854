"""Scalar quantizers: the moments of a cell, and the risks after them."""
