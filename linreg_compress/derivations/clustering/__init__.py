"""Clustering of weights with a penalty on the diameter of the codebook."""
