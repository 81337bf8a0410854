"""Compressors as channels P(What | W).

A `Channel` takes weights and returns their compressed form. Linear channels keep a share of the weights and add noise;
`scalar` quantizes one weight at a time, `clustering` fits a codebook to the weights at hand, `successive` and `pruning`
read the Gram matrix. `quantizers` is the one table of the names that people call.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
