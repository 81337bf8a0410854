"""Codebooks fitted to the weights at hand: exact weighted k-means on the line, and the paper's diameter penalty.

`interval_program` finds the best partition of sorted weights by dynamic programming with a certificate; `kmeans` and
`diameter_kmeans` are its two uses, `local_search` is the paper's alternation for comparison, `record` holds the result.
The names are listed in the chapter, `linreg_compress.compression`.
"""
