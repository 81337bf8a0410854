"""Theorems that carry the linear theory to small neural networks."""
