"""Exact laboratory for one fact: compressing a trained model can lower its error on new data.

The names used most stand here, all others in their chapter, as ``lc.bounds.sub_gaussian_bound``. Each is listed once, in a
stub (`__init__.pyi`), and loaded when first used, so that importing the package costs next to nothing.

Examples
--------
>>> import linreg_compress as lc
>>> model = lc.LinearModel(samples=80, features=50, noise_variance=1.0, signal_variance=0.02)
>>> channel = lc.BlindGaussianChannel.for_model(model, bits_per_weight=1.0)
>>> risks = lc.risks(model, channel)
>>> round(float(risks.population_risk_change), 4)
-0.181
>>> found = lc.simulate(model, [channel], trials=1000).compressed[0].population_risk_change
>>> abs(found.mean - risks.population_risk_change) < 5 * found.standard_error
np.True_
"""

import os
import sys
import warnings
from importlib import import_module
from typing import Any

import lazy_loader

__version__ = "0.2.0"

_at_once = os.environ.pop("EAGER_IMPORT", "")  # heeded at the end: lessons and figures use the names of the package
_listed, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
_ONCE_HERE = ("least_squares", "information", "compression", "compressed_risk", "bounds", "monte_carlo")


def __getattr__(name: str) -> Any:
    """Find a public name; one that stood here until 0.2 and now stands in its chapter comes with a warning."""
    for chapter in () if name in __all__ or name.startswith("_") else _ONCE_HERE:
        home = import_module(f"{__name__}.{chapter}")
        if name in home.__all__:
            warnings.warn(
                f"linreg_compress.{name} is now linreg_compress.{chapter}.{name}; the old name goes with 0.3.",
                DeprecationWarning,
                stacklevel=2,
            )
            return getattr(home, name)
    try:
        return _listed(name)
    except AttributeError as error:  # with these two Python names the nearest of the public names
        raise AttributeError(str(error), name=name, obj=sys.modules[__name__]) from None


if _at_once:
    os.environ["EAGER_IMPORT"] = _at_once
    for _name in __all__:
        __getattr__(_name)
