"""Eight lessons that run: in a browser, as one page without Python, or on paper. All mathematics is in the library."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
