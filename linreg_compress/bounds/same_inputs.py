"""The same-inputs generalization error, exactly: new noise at the training inputs.

For any code of the least-squares weights it is ``(2/n) E[eps^T X (What - w*)]``, the optimism of Efron 1986: how far the
fit follows the noise that it has seen. With u = W - w* and ``X^T eps = G u``,

- Gaussian channels that keep a fraction ``1 - delta_j`` of direction j: ``(2 sigma^2 / n) sum_j (1 - delta_j)``;
- codes of W alone, e = What - W: ``E[G u | W] = (n + 1) sigma^2 u / (sigma^2 + |u|^2)`` (derivation
  ``conditional-gram``), and the ``change-of-measure`` from nu to nu + 2 degrees of freedom turns its average into
  ``(2/n) [sigma^2 d + nu E_{nu+2} u.e] = (2/n) nu E_{nu+2} u.What``: finite for every n >= d, and without loss of digits
  where What hardly varies.
"""

import numpy as np

from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.formulas import require_match
from linreg_compress.compressed_risk.gaussian_moments import jump_moments
from linreg_compress.compressed_risk.scalar_quantizer import coordinates_of
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.information.rate_distortion import kept_fraction, reverse_water_filling
from linreg_compress.least_squares.spectrum import average_over_spectra
from linreg_compress.model import LinearModel
from linreg_compress.quadratic_laws import chi_square_nodes

_SMOOTH = 0.25  # tuning: width in ln q of the sharpest feature
_NEGLIGIBLE = 80.0  # tuning: twice the logarithm of the smallest part of a tail that still counts

Code = BlindGaussianChannel | AwareGaussianChannel | CellQuantizer | UniformQuantizer


@takes(model=LinearModel, code=(BlindGaussianChannel, AwareGaussianChannel, CellQuantizer, UniformQuantizer))
def same_inputs_generalization_error(model: LinearModel, code: Code) -> float:
    """Return the expected generalization error for fresh noise at the training inputs.

    Parameters
    ----------
    model : LinearModel
        Sigma = I (a Gaussian channel centred at the true weights: any). n >= d.
    code : BlindGaussianChannel, AwareGaussianChannel, CellQuantizer or UniformQuantizer
        A design-aware channel with a prior is averaged over simulated spectra.

    Raises
    ------
    UnsupportedModelError
        If a quantizer comes with n < d or a covariance other than I, or a channel was built for another model.

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50)
    >>> same_inputs_generalization_error(model, AwareGaussianChannel.for_model(model, bits_per_weight=1.0))
    0.9375
    """
    n, d, s2 = model.samples, model.features, model.noise_variance
    if isinstance(code, CellQuantizer | UniformQuantizer):
        return _quantizer(model, code)
    signal = require_match(model, code)
    if isinstance(code, BlindGaussianChannel) or signal == 0:
        return float(2 * s2 * d / n * kept_fraction(code.rate_nats, d))
    return averaged_same_inputs_error(n, d, s2, signal, code.rate_nats)[0]


def averaged_same_inputs_error(
    samples: int, features: int, noise_variance: float, signal_variance: float, rate_nats: float
) -> tuple[float, float]:
    """Average the error of a design-aware code with a prior over simulated spectra; return it and its standard error."""

    def kept_fractions(g: FloatArray) -> FloatArray:
        return reverse_water_filling(signal_variance * g + noise_variance, rate_nats).kept_fractions.sum(axis=-1)[:, None]

    kept, error = average_over_spectra(kept_fractions, samples, features)
    unit = 2 * noise_variance / samples
    return float(unit * kept[0]), float(unit * error[0])


def _quantizer(model: LinearModel, quantizer: CellQuantizer | UniformQuantizer) -> float:
    n, d = model.samples, model.features
    if n < d or not model.has_identity_covariance:
        raise UnsupportedModelError(
            f"the same-inputs error of a quantizer needs the identity covariance and samples >= features; got {n} and {d}."
        )
    nu = model.degrees_of_freedom
    c = coordinates_of(model, quantizer)
    edge = c.nearest_edge()
    lowest = np.log(c.noise) - 2 * np.log(edge) - _NEGLIGIBLE / nu if edge > 0 else np.inf
    q, weights = chi_square_nodes(nu + 2, _SMOOTH, 1, lowest=lowest)
    noise = c.noise / q[:, None]
    total = noise + c.signal
    _, jump = jump_moments(c.quantizer, c.means, np.sqrt(total))
    # levels ascend, so E u.What >= 0: below it is rounding, where the code is nearly constant
    return max(float(2 / n * nu * (weights @ ((noise / total * jump.cross) @ c.share))), 0.0) * c.unit**2
