"""The Wasserstein bound: how far the training label moves the prediction, in place of how much is known about it.

Setting. As for the individual-sample bound: design-aware Gaussian channel centred at the true weights, n >= d, given X, one
sample of leverage h, and ``a = (1 - delta) h``. The same-inputs generalization error of that sample is ``2 a sigma^2``.

Statement. It is at most ``2 a sigma^2 sqrt(1 + s^2 (1 - s)/(1 + s))`` with ``s = sqrt(1 - a)``: at most 4.42 % above the
truth at every leverage, and exact at both ends. Derivation ``wasserstein-bound``. An information can be large where
little is at stake; a distance is in units of y, and is small where the loss hardly changes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.bounds.bound import SAME_INPUTS, Bound
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.information.rate_distortion import given_rate, kept_fraction


def wasserstein_sample_bound(leverage: ArrayLike, kept: ArrayLike, noise_variance: ArrayLike) -> FloatArray:
    """Bound the same-inputs generalization error of one sample by ``2 a sigma^2 sqrt(1 + s^2 (1 - s)/(1 + s))``.

    Parameters
    ----------
    leverage : array_like
        h, from 0 to 1.
    kept : array_like
        ``1 - delta``, from 0 to 1; 1 for least squares.
    noise_variance : array_like
        sigma^2.

    Examples
    --------
    The truth is 1.2 at a = 0.6, where the bound is nearly at its loosest:

    >>> round(float(wasserstein_sample_bound(0.6, 1.0, 1.0)), 4)
    1.2529
    """
    h, share = valid.probabilities("leverage", leverage), valid.probabilities("kept", kept)
    s2 = valid.positive("noise_variance", noise_variance)
    valid.together(leverage=h, kept=share, noise_variance=s2)
    a = h * share
    return 2 * a * s2 * (1 + _looseness(a, 1 - a))


def wasserstein_bound(
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

    References
    ----------
    Rodriguez-Galvez, Bassi, Thobaben and Skoglund 2021 bound the error by Wasserstein distances, for Lipschitz losses.

    Examples
    --------
    >>> bound = wasserstein_bound(80, 50, 1.0, bits_per_weight=1.0)
    >>> round(bound.value / (2 * 0.75 * 50 / 80), 4)
    1.0407
    """
    from linreg_compress.quadratic_laws import beta_nodes

    n, d = valid.count("samples", samples), valid.count("features", features)
    s2 = valid.positive_number("noise_variance", noise_variance)
    if n < d:
        raise UnsupportedModelError(f"leverages need samples >= features; got {n} and {d}.")
    kept = float(kept_fraction(given_rate(rate_nats, bits_per_weight, d), d))
    leverage, rest, weights = np.ones(1), np.zeros(1), np.ones(1)
    if n > d:
        leverage, rest, weights = beta_nodes(d / 2, (n - d) / 2, 0.3)
    # 1 - (1 - delta) h without its loss of digits near 1; the mean of h is d / n, so the truth itself needs no quadrature
    excess = float(weights @ (leverage * _looseness(kept * leverage, rest + (1 - kept) * leverage)))
    return Bound(
        name="wasserstein",
        value=2 * s2 * d / n * kept + 2 * s2 * kept * excess,
        of=SAME_INPUTS,
        kind="upper",
        assumptions=(
            "design-aware Gaussian channel centred at the true weights",
            "Gaussian noise; fresh noise at the training inputs",
            "leverages of a Gaussian design, Beta(d/2, (n-d)/2)",
        ),
        reference="this package, derivation wasserstein-bound; method of Rodriguez-Galvez et al. 2021",
    )


def _looseness(a: FloatArray, rest: FloatArray) -> FloatArray:
    """``sqrt(1 + s^2 (1 - s)/(1 + s)) - 1`` with ``rest = s^2 = 1 - a``."""
    excess = rest * a / (1 + np.sqrt(rest)) ** 2  # (1 - s) = a / (1 + s)
    return excess / (1 + np.sqrt(1 + excess))
