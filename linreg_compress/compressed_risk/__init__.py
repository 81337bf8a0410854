"""Exact risks of the compressed weights What.

`risks(model, channel)` is the one door. Behind it stands one formula for all linear channels (`linear_channel`), one for
codes of cells (`scalar_quantizer`), and water-filling for the codes that know X; `criterion` says when compression helps,
`laws` gives whole distributions.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
