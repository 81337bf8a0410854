"""Simulation from raw data. It may not know the answer: nothing here imports a closed form of a risk."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
