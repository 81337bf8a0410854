"""Least squares before any compression.

The two risks of a weight vector (`loss`), the fit itself and the law of its weights (`fit`), the exact means and laws of
its risks at any n and d (`risk`), ridge regression as the reference of every shrinking code (`ridge`), and the eigenvalues
of the design (`spectrum`).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
