"""The Donsker-Varadhan bound with the mixed cumulant, no supremum over the codebook: derivation ``donsker-varadhan-mixed``.

Setting. A channel P(What | W), so that I = I(S; What) <= R; a fixed w has ``n L_S(w) ~ s(w) chi^2_n`` with
``s(w) = sigma^2 + |w - w*|^2``.

Statement (uncentred). For every lambda > 0, with What independent of the data on the right,
``E L_S(What) >= -(I + ln E (1 + 2 lambda s(What))^{-n/2}) / (n lambda)``, so ``gen <= E s(What) - sup_lambda`` of that: it
needs no moment of s beyond the first. (Centred.) Where the average is finite,
``gen <= inf_lambda (I + ln E exp(n psi)) / (n lambda)`` with ``psi = lambda s - (1/2) ln(1 + 2 lambda s)`` at s = s(What),
never above the chi-square form. The uncentred one can be above it when s(What) is spread out: no order is promised.
"""

import warnings

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress.bounds.bound import GAUSSIAN_DATA, GENERALIZATION_ERROR, SEES_WEIGHTS_ALONE, Bound
from linreg_compress.bounds.information import aware_channel_information
from linreg_compress.bounds.lambert import lambert_factor, twice_a_sample
from linreg_compress.bounds.mixed_cumulant import MixedCumulant, channel_cumulant, design_cumulant, quantizer_cumulant
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.model import LinearModel

_REFERENCE = "this package, derivation donsker-varadhan-mixed; Donsker and Varadhan 1983, theorem 2.1"
_RANDOM_DESIGN = "donsker-varadhan-random-design"
_LARGEST = 300.0  # ln(lambda s) beyond which the bound is the trivial one
_BRACKET = 3.0  # tuning: where the search looks at first


@takes(model=LinearModel, code=(BlindGaussianChannel, AwareGaussianChannel, CellQuantizer, UniformQuantizer))
def donsker_varadhan_bound(
    model: LinearModel, code: BlindGaussianChannel | CellQuantizer | UniformQuantizer, information_nats: float
) -> Bound:
    """Bound the generalization error by Donsker-Varadhan with the mixed cumulant, uncentred.

    Parameters
    ----------
    model : LinearModel
        Sigma = I; n >= d + 2, or n >= d for finitely many levels.
    information_nats : float
        I(S; What) or anything above it.

    Returns
    -------
    Bound
        kind "upper" of "generalization_error".

    Raises
    ------
    UnsupportedModelError
        If Sigma is not I, or the code is design-aware (its rate is not I(S; What)).

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50)
    >>> channel = BlindGaussianChannel.for_model(model, rate_nats=34.657)
    >>> bound = donsker_varadhan_bound(model, channel, 34.657)
    >>> exact = float(risks(model, channel).generalization_error)
    >>> 1 < bound.value / exact < 1.4
    True
    """
    information = valid.nonnegative_number("information_nats", information_nats)
    _require(model, code)
    if information == 0:
        return _bound("donsker-varadhan", 0.0)
    exact = risks(model, code)
    mixed = channel_cumulant(model, code) if isinstance(code, BlindGaussianChannel) else quantizer_cumulant(model, code)
    # grouped cells have a smaller mean of s than the true ones
    missing = max(float(exact.excess_risk) - mixed.excess, 0.0)
    value = missing + _least(model.samples, information, mixed)
    return _bound("donsker-varadhan", min(value, float(exact.population_risk)))


@takes(model=LinearModel, code=(CellQuantizer, UniformQuantizer))
def centred_donsker_varadhan_bound(
    model: LinearModel, code: CellQuantizer | UniformQuantizer, information_nats: float
) -> Bound:
    """Bound the generalization error by the centred Donsker-Varadhan form, for a finite codebook.

    Under a prior the average is over the joint law of w* and What. It is finite for ``lambda < 1 / (2 n tau^2)``, and the
    least value is looked for below that.

    Parameters
    ----------
    model : LinearModel
        Sigma = I, n >= d.
    information_nats : float
        I(S; What) or anything above it.

    Returns
    -------
    Bound
        kind "upper" of "generalization_error"; inf with a warning for levels without limit, where the average is infinite.

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50)
    >>> sign = CellQuantizer(np.array([-0.15, 0.15]), np.array([0.0]))
    >>> centred_donsker_varadhan_bound(model, sign, 50 * np.log(2.0)).value > 0
    True
    """
    information = valid.nonnegative_number("information_nats", information_nats)
    _require(model, code)
    if isinstance(code, UniformQuantizer):
        warnings.warn(
            "the centred average is infinite without a largest level; the bound is inf", RuntimeWarning, stacklevel=3
        )
        return _bound("donsker-varadhan-centred", float("inf"))
    if information == 0:
        return _bound("donsker-varadhan-centred", 0.0)
    value = _least(model.samples, information, quantizer_cumulant(model, code, centred=True))
    if model.signal_variance > 0:
        return _bound("donsker-varadhan-centred", value)
    # the chi-square form, which this one is never above, is never above the largest s(w)
    largest = model.noise_variance + float(((code.levels[:, None] - model.mean_weights) ** 2).max(axis=0).sum())
    return _bound("donsker-varadhan-centred", min(value, largest))


@takes(model=LinearModel, channel=AwareGaussianChannel)
def random_design_bound(model: LinearModel, channel: AwareGaussianChannel, information_nats: float) -> Bound:
    """Bound the generalization error of the design-aware code centred at the true weights, new inputs and new noise.

    Over the designs What - w* is ``sqrt(1 - delta) sigma z / sqrt(q)``, and the information is ``R + I(X; What)``.

    Parameters
    ----------
    model : LinearModel
        Sigma = I, n >= d + 2.
    information_nats : float
        I(S; What) or anything above it, see `linreg_compress.bounds.information.aware_channel_information`.

    Returns
    -------
    Bound
        kind "upper" of "generalization_error".

    Raises
    ------
    InvalidInputError
        If the information is below ``R + I(X; What)``: the rate alone does NOT bound this error.
    UnsupportedModelError
        If Sigma is not I, n < d + 2, or the codebook is not centred at the true weights.

    Examples
    --------
    >>> from linreg_compress.bounds.information import aware_channel_information
    >>> model = LinearModel(samples=66, features=60)
    >>> channel = AwareGaussianChannel.for_model(model, rate_nats=1.0)
    >>> bound = random_design_bound(model, channel, aware_channel_information(model, channel))
    >>> bool(bound.value > risks(model, channel).generalization_error)
    True
    """
    information = valid.nonnegative_number("information_nats", information_nats)
    valid.require_finite_weights("the Donsker-Varadhan bound", model.samples, model.features)
    if not model.has_identity_covariance:
        raise UnsupportedModelError("the Donsker-Varadhan bound of the design-aware code needs the identity covariance.")
    needed = aware_channel_information(model, channel)
    if information < needed * (1 - 1e-12):
        raise InvalidInputError(
            "information_nats",
            f"must be at least R + I(X; What) = {needed:.6g} for a design-aware code",
            information,
            "Its rate bounds the same-inputs error alone.",
        )
    if channel.rate_nats == 0:
        return _bound(_RANDOM_DESIGN, 0.0)
    mean_risk = float(risks(model, channel).population_risk)
    keep = 1 - channel.normalized_distortion
    value = min(_least(model.samples, information, design_cumulant(model, keep)), mean_risk)
    return _bound(_RANDOM_DESIGN, value, ("information R + I(X; What), not the rate", GAUSSIAN_DATA))


def _require(model: LinearModel, code: BlindGaussianChannel | CellQuantizer | UniformQuantizer) -> None:
    if code.needs_gram:
        raise UnsupportedModelError(
            "this bound needs I(S; What), and a design-aware code has more of it than its rate; use its own bounds."
        )
    if not model.has_identity_covariance:
        raise UnsupportedModelError("the Donsker-Varadhan bound is computed for the identity covariance.")


def _least(samples: int, information: float, mixed: MixedCumulant) -> float:
    """Return the least value of ``(I + cumulant(lambda)) / (n lambda)`` over lambda > 0.

    The cumulant is convex, so the quotient has one valley; it is looked for around the solution for a constant s. Whatever
    lambda the search ends at, the value is a bound.
    """
    from scipy.optimize import minimize_scalar

    def at(log_lambda: float) -> float:
        lam = float(np.exp(log_lambda)) / mixed.mean_scale
        return (information + mixed.cumulant(lam)) / (samples * lam)

    x = twice_a_sample(information, samples)
    y = float(lambert_factor(x))
    middle = float(np.log(y / 2) + (x + y))  # -ln(1 - y) = x + y
    if middle > _LARGEST:
        return float("inf")
    end = min(_LARGEST, float(np.log(mixed.largest)) + float(np.log(mixed.mean_scale)))
    middle = min(middle, end)
    low, high = middle - _BRACKET, middle + _BRACKET
    value = at(middle)
    while at(low) < value:
        value, middle, low = at(low), low, low - _BRACKET
    while high < end and at(high) < value:
        value, middle, high = at(high), high, high + _BRACKET
    low, high = max(low, middle - _BRACKET), min(high, middle + _BRACKET, end)
    # tuning: of a flat valley; any lambda gives a bound
    found = minimize_scalar(at, bounds=(low, high), method="bounded", options={"xatol": 1e-7})
    return float(min(found.fun, value))


def _bound(name: str, value: float, assumptions: tuple[str, ...] = (SEES_WEIGHTS_ALONE, GAUSSIAN_DATA)) -> Bound:
    return Bound(
        name=name,
        value=value,
        of=GENERALIZATION_ERROR,
        kind="upper",
        assumptions=assumptions,
        reference=_REFERENCE,
    )
