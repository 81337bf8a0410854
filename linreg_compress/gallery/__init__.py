"""The figures: what each claims, the data that support it, and the files that hold both."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
