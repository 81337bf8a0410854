"""The figures: what each claims, the data that support it, and the files that hold both.

One file a figure holds its data, the checks of its claim and its drawing; the first line of a check is the clause that it
tests. `style` names the colours and meanings that all pictures share, `recompute` holds a committed record against a new
run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
