"""One door to the exact risks: of least squares, and of what any channel makes of its weights."""

import warnings
from importlib import import_module

from linreg_compress._kinds import takes
from linreg_compress.compressed_risk.formulas import exact_risks
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.identity import Identity
from linreg_compress.model import LinearModel

SPECTRA = 4096  # designs over which an average goes

_FILES = {  # the file of this folder that registers the formula of a channel of the package, loaded when asked for
    "Identity": "linear_channel",
    "LinearChannel": "linear_channel",
    "DitheredUniform": "dithered",
    "BlindGaussianChannel": "linear_channel",
    "PerWeightGaussianChannel": "per_weight_channel",
    "AwareGaussianChannel": "water_filling",
    "CellQuantizer": "scalar_quantizer",
    "UniformQuantizer": "scalar_quantizer",
    "RidgeShrinkage": "ridge_shrinkage",
}


@takes(model=LinearModel, channel=Channel)
def risks(model: LinearModel, channel: Channel | None = None, *, spectra: int = SPECTRA) -> CompressedRisks:
    """Exact expected risks of the weights that `channel` makes of the least-squares weights of `model`.

    Parameters
    ----------
    channel : Channel, optional
        By default none: the risks of least squares itself. Known are `Identity`, `LinearChannel`, `DitheredUniform`,
        `BlindGaussianChannel` and `AwareGaussianChannel` built for this model, `PerWeightGaussianChannel`, the scalar
        quantizers (`CellQuantizer`, `UniformQuantizer`), `RidgeShrinkage`, and what registers a formula of its own.
    spectra : int, default 4096
        Number of simulated designs over which a formula averages that is known given the design: the design-aware channel
        with a prior, and ridge.

    Returns
    -------
    CompressedRisks
        Its `errors` hold the standard errors of an average, by the names of the fields; they are empty where all is exact.

    Raises
    ------
    UnsupportedModelError
        If no exact result is known for the pair, or the channel was built for another model.

    Examples
    --------
    >>> from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
    >>> model = LinearModel(samples=80, features=50, signal_variance=0.02)
    >>> round(float(risks(model).population_risk), 4)
    2.7241
    >>> found = risks(model, BlindGaussianChannel.for_model(model, bits_per_weight=1.0))
    >>> round(float(found.population_risk_change), 4), dict(found.errors)
    (-0.181, {})
    >>> found = risks(model, AwareGaussianChannel.for_model(model, bits_per_weight=1.0), spectra=512)
    >>> bool(found.compression_helps), found.errors["population_risk_change"] < 0.01
    (True, True)
    """
    code = Identity() if channel is None else channel
    for kind in type(code).__mro__:
        if kind.__module__.startswith("linreg_compress.") and kind.__name__ in _FILES:
            import_module(f"linreg_compress.compressed_risk.{_FILES[kind.__name__]}")
    return exact_risks(code, model, spectra)


@takes(model=LinearModel, channel=Channel)
def expected_compressed_risks(model: LinearModel, channel: Channel) -> CompressedRisks:
    """Give `risks` of a channel: the older name of the door, which comes with a DeprecationWarning and goes with 0.3."""
    warnings.warn("expected_compressed_risks is now risks; the old name goes with 0.3.", DeprecationWarning, stacklevel=3)
    return risks(model, channel)
