"""Simulation from raw data, which may not know the answer: nothing here imports a closed form of a risk.

A sampler draws training sets or their sufficient statistics, the engine compresses and measures them chunk by chunk until
the stopping rule is met, and a sweep crosses models with channels, keeps its chunks in a store and resumes to the same
bits.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
