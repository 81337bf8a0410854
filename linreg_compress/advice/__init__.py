"""Parts of `advise`: a person's table, what it says about the theory's quantities, and the answer."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
