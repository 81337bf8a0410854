"""Compressors as channels P(What | W), one a file."""
