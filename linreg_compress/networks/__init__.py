"""Small ReLU networks in NumPy: train one on real images, compress its weights, and see what new images say."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
