"""Exact risks of the compressed weights What."""
