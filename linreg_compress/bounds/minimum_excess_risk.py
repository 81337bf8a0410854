"""The floor: below this population risk no learner with any code can go.

Setting. Prior ``w* ~ N(w0, tau^2 I)``, Gaussian features with Sigma = I, any n and d. A learner makes anything of the
training data, and a code passes R nats of it on; the decoder may know X.

Statement. The excess risk is at least ``d tau^2 exp(-2 min(R, I)/d)`` with ``I = I(w*; S | X)``: rate distortion of the
true weights themselves. Derivation ``minimum-excess-risk``. Without a code the best ridge is the best learner, and its
excess is at least the same expression at R infinite (a geometric mean under an arithmetic one).
"""

import math

from linreg_compress import _validation as valid
from linreg_compress.bounds.bound import POPULATION_RISK, Bound
from linreg_compress.bounds.signal_information import signal_information
from linreg_compress.information.rate_distortion import given_rate


def minimum_excess_risk_bound(
    samples: int,
    features: int,
    noise_variance: float,
    signal_variance: float,
    rate_nats: float | None = None,
    *,
    bits_per_weight: float | None = None,
) -> Bound:
    """Bound the population risk of every learner with every code of R nats from below.

    Parameters
    ----------
    samples, features : int
        n and d, in any order of size.
    noise_variance, signal_variance : float
        sigma^2 and tau^2.
    rate_nats, bits_per_weight : float, optional
        R for the whole vector, or R / (d ln 2); without either there is no code, and what the data know is the limit.

    Returns
    -------
    Bound
        kind "lower" of "population_risk".

    References
    ----------
    Xu and Raginsky 2022 name the minimum excess risk of Bayesian learning; the bound is this package's, derivation
    ``minimum-excess-risk``.

    Examples
    --------
    Least squares has 2.724 here, the best ridge 1.482:

    >>> round(minimum_excess_risk_bound(80, 50, 1.0, 0.02).value, 2)
    1.43
    >>> round(minimum_excess_risk_bound(80, 50, 1.0, 0.02, rate_nats=10.0).value, 4)
    1.6703
    """
    n, d = valid.count("samples", samples), valid.count("features", features)
    s2 = valid.positive_number("noise_variance", noise_variance)
    t2 = valid.nonnegative_number("signal_variance", signal_variance)
    known = signal_information(n, d, s2, t2)
    if rate_nats is not None or bits_per_weight is not None:
        rate = given_rate(rate_nats, bits_per_weight, d)
        known = min(known, valid.nonnegative_number("rate_nats", rate))
    return Bound(
        name="minimum-excess-risk",
        value=s2 + d * t2 * math.exp(-2 * known / d),
        of=POPULATION_RISK,
        kind="lower",
        assumptions=(
            "true weights N(w0, tau^2 I)",
            "Gaussian features with Sigma = I, Gaussian noise",
            "any learner, any code of R nats; the decoder may know X",
        ),
        reference="this package, derivation minimum-excess-risk",
    )
