"""What a bound advises: the rate that minimizes its promise on the population risk, and the price of following it.

Setting. A design-blind Gaussian code. ``E L_mu(What) <= E L_S(W) + empirical increase + bound(R)``: the first two terms are
exact, the third is any upper bound of the generalization error at rate R.

The truth is a straight line in delta (derivation ``compression-criterion``): the best rate is 0 where ``tau^2 < v`` and
infinite (least squares) where ``tau^2 > v``. At rate 0 every bound is 0 (the clipped ones up to what clipping
may hide, some 1e-6 of the truth) and the promise is the truth, so where rate 0 is best every bound advises it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress.bounds.bound import GENERALIZATION_ERROR, Bound
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.errors import InvalidInputError
from linreg_compress.information.rate_distortion import rate_nats_from_bits
from linreg_compress.least_squares.risk import expected_risks
from linreg_compress.model import LinearModel

_GRID = np.linspace(-3.0, 0.0, 25)  # tuning: decades of the largest rate

BoundAt = Callable[[BlindGaussianChannel], Bound]


@dataclass(frozen=True)
class AdvisedRate:
    """The rate that a bound advises, and what comes of it."""

    rate_nats: float
    """R*, where the promise is least."""
    promised_population_risk: float
    """The promise at R*."""
    population_risk: float
    """The truth at R*."""
    best_rate_nats: float
    """0 or inf: the truly best rate."""
    best_population_risk: float
    """The truth at that rate."""
    price: float
    """``population_risk - best_population_risk``: the cost of following the bound."""
    interior: bool
    """Whether R* lies strictly between 0 and the largest rate that was tried."""


@takes(model=LinearModel, channel=BlindGaussianChannel, bound=Bound)
def population_risk_bound(model: LinearModel, channel: BlindGaussianChannel, bound: Bound) -> float:
    """Return ``E L_S(W) + empirical increase + bound``, an upper bound of ``E L_mu(What)``.

    Raises
    ------
    InvalidInputError
        If the bound is not an upper bound of the generalization error.

    Examples
    --------
    >>> from linreg_compress.bounds.chi_square import chi_square_bound
    >>> model = LinearModel(samples=80, features=50)
    >>> channel = BlindGaussianChannel.for_model(model, 5.0)
    >>> round(population_risk_bound(model, channel, chi_square_bound(80, 5.0, 3.0)), 4)
    2.311
    """
    if bound.of != GENERALIZATION_ERROR or bound.kind == "lower":
        raise InvalidInputError(
            "bound", "must be an upper bound of the generalization error", f"{bound.name} of {bound.of}"
        )
    return float(risks(model, channel).empirical_risk) + bound.value


@takes(model=LinearModel)
def advised_rate(model: LinearModel, bound_at: BoundAt, *, largest_bits_per_weight: float = 16.0) -> AdvisedRate:
    """Find the rate of least promise: a grid in the logarithm of the rate, refined around its best point; rate 0 included.

    Parameters
    ----------
    model : LinearModel
        Sigma = I, n >= d + 2.
    bound_at : callable
        From a channel to a bound of its generalization error, such as
        ``lambda channel: donsker_varadhan_bound(model, channel, channel.rate_nats)``.
    largest_bits_per_weight : float, default 16
        The largest rate that is tried.

    Examples
    --------
    >>> from linreg_compress.bounds.chi_square import chi_square_bound
    >>> model = LinearModel(samples=1000, features=100, signal_variance=0.01)
    >>> found = advised_rate(model, lambda channel: chi_square_bound(1000, channel.rate_nats, 4.0))
    >>> found.interior, found.best_rate_nats
    (False, inf)
    """
    from scipy.optimize import minimize_scalar

    bits = valid.positive_number("largest_bits_per_weight", largest_bits_per_weight)
    largest = float(rate_nats_from_bits(bits, model.features))

    def promise(rate: float) -> float:
        channel = BlindGaussianChannel.for_model(model, rate)
        return population_risk_bound(model, channel, bound_at(channel))

    rates = np.concatenate([[0.0], largest * 10.0**_GRID])
    promises = [promise(float(rate)) for rate in rates]
    best = int(np.argmin(promises))
    rate, value = float(rates[best]), promises[best]
    if 0 < best < rates.size - 1:
        found = minimize_scalar(promise, bounds=(rates[best - 1], rates[best + 1]), method="bounded")
        if found.fun < value:
            rate, value = float(found.x), float(found.fun)
    truth = float(risks(model, BlindGaussianChannel.for_model(model, rate)).population_risk)
    nothing = float(risks(model, BlindGaussianChannel.for_model(model, 0.0)).population_risk)
    everything = float(expected_risks(model).population_risk)
    best_rate, best_risk = (0.0, nothing) if nothing <= everything else (float("inf"), everything)
    return AdvisedRate(rate, value, truth, best_rate, best_risk, truth - best_risk, 0 < rate < largest)
