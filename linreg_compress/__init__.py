"""Exact laboratory for one fact: compressing a trained model can lower its error on new data.

The public names are listed in the stub of their chapter (`__init__.pyi` of the folder) and loaded when first used, so that
importing the package costs next to nothing. A name is found here and in its chapter: ``lc.kmeans`` is
``lc.compression.kmeans``.

Examples
--------
>>> import linreg_compress as lc
>>> model = lc.LinearModel(samples=80, features=50, noise_variance=1.0, signal_variance=0.02)
>>> channel = lc.BlindGaussianChannel.for_model(model, rate_nats=lc.rate_nats_from_bits(1.0, 50))
>>> risks = lc.risks(model, channel)
>>> round(float(risks.population_risk_change), 4)
-0.181
>>> found = lc.simulate(model, [channel], trials=1000).compressed[0].population_risk_change
>>> abs(found.mean - risks.population_risk_change) < 5 * found.standard_error
np.True_
"""

import ast
from importlib import import_module

import lazy_loader

__version__ = "0.1.0"


def _listed() -> dict[str | None, list[str]]:
    """Read the stub beside this file: the names from each file and chapter, and under None the chapters themselves."""
    listed: dict[str | None, list[str]] = {}
    with open(f"{__file__}i", encoding="utf-8") as stub:  # noqa: PTH123 (pathlib would double the time of this import)
        lines = ast.parse(stub.read()).body
    for line in lines:
        if isinstance(line, ast.ImportFrom):
            names = [alias.name for alias in line.names]
            if names == ["*"]:  # what the chapter's own stub lists; `lazy_loader.attach_stub` reads no star
                names = import_module(f"{__name__}.{line.module}").__all__
            listed.setdefault(line.module, []).extend(names)
    return listed


_names = _listed()
_chapters = _names.pop(None)
# twice: where EAGER_IMPORT asks for everything at once, lessons and figures find the names of the package already there
__getattr__, _, _ = lazy_loader.attach(__name__, None, _names)
__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, _chapters, _names)
