"""The individual-sample bound: one training sample at a time, fixed inputs.

Setting. Design-aware Gaussian channel centred at the true weights, n >= d, given X. Write h_i for the leverage of sample i
and ``a = (1 - delta) h_i``. The information that What holds about one noise term is
``I(What; y_i | X) = -(1/2) ln(1 - a)`` (derivation ``individual-sample-information``), and the same-inputs generalization
error (fresh noise at the training inputs) of that sample is exactly ``2 a sigma^2``.

Statement. It is at most ``sigma^2 (1 + a)(1 + W_0(-(1 - a) / e))``: derivation ``individual-sample-bound``. For a Gaussian
design h_i ~ Beta(d/2, (n-d)/2), any Sigma. It bounds the same-inputs error, NOT the random-design one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.bounds.bound import SAME_INPUTS, Bound
from linreg_compress.bounds.lambert import lambert_factor
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.information.rate_distortion import given_rate, kept_fraction

_REFERENCE = "Bu, Zou and Veeravalli 2020; closed by this package, derivation individual-sample-bound"


def sample_information(leverage: ArrayLike, kept: ArrayLike) -> FloatArray:
    """Return ``I(What; y_i | X) = -(1/2) ln(1 - (1 - delta) h_i)``, nats; infinite for least squares at leverage 1.

    Examples
    --------
    >>> round(float(sample_information(0.5, 1.0)), 6)
    0.346574
    """
    a = valid.probabilities("leverage", leverage) * valid.probabilities("kept", kept)
    with np.errstate(divide="ignore"):
        return -np.log1p(-a) / 2


def sample_error(leverage: ArrayLike, kept: ArrayLike, noise_variance: ArrayLike) -> FloatArray:
    """Return the exact same-inputs generalization error of one sample, ``2 (1 - delta) h_i sigma^2``."""
    share = valid.probabilities("leverage", leverage) * valid.probabilities("kept", kept)
    return 2 * share * valid.positive("noise_variance", noise_variance)


def sample_bound(leverage: ArrayLike, kept: ArrayLike, noise_variance: ArrayLike) -> FloatArray:
    """Bound on the same-inputs generalization error of one sample, ``sigma^2 (1 + a)(1 + W_0(-(1 - a)/e))``.

    Examples
    --------
    Within a tenth of the truth, 1.2, at a = 0.6:

    >>> round(float(sample_bound(0.6, 1.0, 1.0)), 4)
    1.3194
    """
    a = valid.probabilities("leverage", leverage) * valid.probabilities("kept", kept)
    s2 = valid.positive("noise_variance", noise_variance)
    with np.errstate(divide="ignore"):
        doubled = np.minimum(-np.log1p(-a), 1e300)
    return s2 * (1 + a) * lambert_factor(doubled)


def individual_sample_bound(
    samples: int,
    features: int,
    noise_variance: float,
    rate_nats: float | None = None,
    *,
    bits_per_weight: float | None = None,
) -> Bound:
    """Bound the same-inputs generalization error of the design-aware code, averaged over a Gaussian design's leverages.

    Parameters
    ----------
    samples, features : int
        n and d, n >= d.
    noise_variance : float
        sigma^2.
    rate_nats, bits_per_weight : float
        R for the whole vector, or R / (d ln 2); one of the two.

    Returns
    -------
    Bound
        kind "upper" of "same_inputs_generalization_error"; the truth is ``2 (1 - delta) sigma^2 d / n``.

    Raises
    ------
    UnsupportedModelError
        If n < d.

    Examples
    --------
    >>> bound = individual_sample_bound(80, 50, 1.0, bits_per_weight=1.0)
    >>> truth = 2 * 0.75 * 50 / 80
    >>> 1 < bound.value / truth < 1.3
    True
    """
    from linreg_compress.quadratic_laws import beta_nodes

    n, d = valid.count("samples", samples), valid.count("features", features)
    if n < d:
        raise UnsupportedModelError(f"leverages need samples >= features; got {n} and {d}.")
    kept = float(kept_fraction(given_rate(rate_nats, bits_per_weight, d), d))
    if n == d:
        value = float(sample_bound(1.0, kept, noise_variance))
    else:
        leverage, _, weights = beta_nodes(d / 2, (n - d) / 2, 0.3)
        value = float(weights @ sample_bound(leverage, kept, noise_variance))
    return Bound(
        name="individual-sample",
        value=value,
        of=SAME_INPUTS,
        kind="upper",
        assumptions=(
            "design-aware Gaussian channel centred at the true weights",
            "Gaussian noise; fresh noise at the training inputs",
            "leverages of a Gaussian design, Beta(d/2, (n-d)/2)",
        ),
        reference=_REFERENCE,
    )
