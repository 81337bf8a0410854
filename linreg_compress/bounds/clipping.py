"""Which supremum: the largest s(w) of a codebook, exactly, or of one that is clipped where few draws go.

Setting. The sub-Gaussian and the chi-square bound need a supremum of ``s(w) = sigma^2 + |w - w*|^2`` over the codebook. A
Gaussian codebook, an unlimited one, and any under a prior have none.

Statement (the paper's bound for the compressed linear model, with its assumptions). Clip the code where s(What) exceeds q,
which it does with probability p at most. The clipped code has no more information and the supremum q, and ``gen(What) <=
bound(I, q) + E[s(What) - sigma^2; clipped] + sigma^2 (P(chi^2_{n+2} > x) - p)``, x the quantile of chi^2_n at 1 - p: what
clipping can hide is added, so it is a bound for the code itself. Derivation ``clipped-sub-gaussian-bound``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress.bounds.bound import Bound
from linreg_compress.bounds.same_inputs import Code
from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from linreg_compress.compressed_risk.formulas import require_match
from linreg_compress.compressed_risk.laws import compressed_population_risk_law
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.information.rate_distortion import kept_fraction
from linreg_compress.model import LinearModel
from linreg_compress.quadratic_laws import DEEP, ChiSquareMixture, Law, PointMass, chi_square_nodes

OUTSIDE = 1e-6  # probability of a clipped draw, unless it is given
_LEAST, _MOST = 1e-12, 0.5  # what it may be: quantiles lose their digits below
AS_GIVEN = ", as given; the codebook itself has no end, so this bounds one that stops there"


@dataclass(frozen=True)
class LossScale:
    """A largest s(w), and what it leaves out; squared units of y."""

    value: float
    """q, the supremum of s(w) over the codebook, or over the part of it that is not clipped."""
    outside: float = 0.0
    """Probability of a clipped draw, at most; 0 where nothing is clipped."""
    hidden: float = 0.0
    """What clipping can hide of the generalization error, at most."""
    given: bool = False
    """Whether it is the caller's own number for a codebook without an end, of which it cannot be the supremum."""

    def applied(self, bound: Bound) -> Bound:
        """Return a bound that was computed with this scale as a bound for the code itself."""
        if self.given:
            kept = tuple(one for one in bound.assumptions if "loss_scale" not in one)
            return replace(bound, assumptions=(*kept, f"s(w) <= {self.value:.12g}{AS_GIVEN}"))
        if self.outside == 0:
            return bound
        assumed = f"codebook clipped at s(w) = {self.value:.12g}, outside with probability {self.outside:g}"
        kept = tuple(one for one in bound.assumptions if "loss_scale" not in one)
        return replace(
            bound,
            value=bound.value + self.hidden,
            assumptions=(*kept, f"{assumed}; what that can hide, {self.hidden:.3g}, is added"),
            reference=f"{bound.reference}; clipping: this package, derivation clipped-sub-gaussian-bound",
        )


@takes(model=LinearModel, code=(BlindGaussianChannel, AwareGaussianChannel, CellQuantizer, UniformQuantizer))
def clipped_sub_gaussian_bound(
    model: LinearModel, code: Code, information_nats: float, *, outside: float = OUTSIDE
) -> Bound:
    """Bound the generalization error of a compressed linear model, the paper's way: ``2 q sqrt(I / n)`` and what is hidden.

    Parameters
    ----------
    model, code
        As for `loss_scale`, which gives q.
    information_nats : float
        I(S; What) or anything above it; the rate of a design-blind code, but not that of a design-AWARE one.
    outside : float, default 1e-6
        Probability of a clipped draw.

    Returns
    -------
    Bound
        kind "upper" of "generalization_error", for the code itself, not only for the clipped one.

    References
    ----------
    Xu and Raginsky 2017, theorem 1, as Bu, Gao, Zou and Veeravalli 2020 use it; the clipping is this package's.

    Examples
    --------
    The truth is 1.556:

    >>> model = LinearModel(samples=80, features=50)
    >>> code = BlindGaussianChannel.for_model(model, rate_nats=50 * np.log(2.0))
    >>> round(clipped_sub_gaussian_bound(model, code, code.rate_nats).value, 2)
    8.71
    """
    scale = loss_scale(model, code, outside)
    return scale.applied(sub_gaussian_bound(model.samples, information_nats, scale.value))


@takes(model=LinearModel, code=(BlindGaussianChannel, AwareGaussianChannel, CellQuantizer, UniformQuantizer))
def loss_scale(model: LinearModel, code: Code, outside: float = OUTSIDE) -> LossScale:
    """Return the supremum of s(w) over a codebook; where it is infinite, over the codebook that is clipped.

    Parameters
    ----------
    model : LinearModel
        Sigma = I for quantizers; n >= d + 2 for all but finitely many levels.
    code : BlindGaussianChannel, AwareGaussianChannel, CellQuantizer or UniformQuantizer
        A design-aware one is centred at the true weights.
    outside : float, default 1e-6
        Probability of a clipped draw, from 1e-12 to 0.5.

    Raises
    ------
    UnsupportedModelError
        If the law of s(What) is not known, or its mean is infinite.

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50)
    >>> found = loss_scale(model, BlindGaussianChannel.for_model(model, rate_nats=50 * np.log(2.0)))
    >>> round(found.value, 3), found.outside, found.hidden < 1e-4
    (6.619, 1e-06, True)
    """
    p = valid.positive_number("outside", outside)
    if not _LEAST <= p <= _MOST:
        raise InvalidInputError("outside", f"must lie between {_LEAST:g} and {_MOST:g}", p)
    if isinstance(code, CellQuantizer):
        return _finitely_many_levels(model, code, p)
    valid.require_finite_weights("the mean of s(What)", model.samples, model.features)
    if isinstance(code, UniformQuantizer):
        return _unlimited_levels(model, code, p)
    return _gaussian(model, code, p)


def _finitely_many_levels(model: LinearModel, code: CellQuantizer, p: float) -> LossScale:
    """``|What - w*| <= L + |w* - w0|`` with L from the levels; without a prior L alone."""
    s2, d, tau = model.noise_variance, model.features, float(np.sqrt(model.signal_variance))
    farthest = float(((code.levels[:, None] - model.mean_weights) ** 2).max(axis=0).sum())
    if tau == 0:
        return LossScale(s2 + farthest)
    length = float(np.sqrt(farthest))
    x = float(special.chdtri(d, p))
    beyond = [float(special.chdtrc(d + more, x)) for more in (0, 1, 2)]
    root = float(np.sqrt(2) * special.poch(d / 2, 0.5))  # mean of a chi variable
    # the event concerns w* alone, of which the noise is independent: E[L_S(w*); clipped] = p sigma^2
    hidden = farthest * beyond[0] + 2 * length * tau * root * beyond[1] + tau**2 * d * beyond[2]
    return LossScale(s2 + (length + tau * float(np.sqrt(x))) ** 2, p, hidden)


def _unlimited_levels(model: LinearModel, code: UniformQuantizer, p: float) -> LossScale:
    """``|What - w*| <= sqrt(d) step / 2 + |W - w*|``; the square of the last is ``sigma^2 chi^2_d / chi^2_nu``."""
    if not model.has_identity_covariance:
        raise UnsupportedModelError("the law of |W - w*| is known for the identity covariance.")
    s2, d, nu = model.noise_variance, model.features, model.degrees_of_freedom
    half = float(np.sqrt(d)) * code.step / 2
    x = _ratio_beyond(p, d, nu)
    mean_root = float(special.poch(d / 2, 0.5) / special.poch((nu - 1) / 2, 0.5))
    # E[R^r; R^2 > x] for R^2 a ratio of chi-squares: the powers go into the degrees of freedom
    shares = [_share_beyond(x, d + r, nu - r) for r in (0, 1, 2)]
    hidden = half**2 * shares[0] + 2 * half * np.sqrt(s2) * mean_root * shares[1] + s2 * d / (nu - 2) * shares[2]
    return LossScale(s2 + (half + float(np.sqrt(s2 * x))) ** 2, p, float(hidden) + _rearranged(model, p))


def _gaussian(model: LinearModel, code: BlindGaussianChannel | AwareGaussianChannel, p: float) -> LossScale:
    """``s(What) - sigma^2`` is in law a mixture of chi-squares, or the square of its root and a fixed distance."""
    s2, d, nu = model.noise_variance, model.features, model.degrees_of_freedom
    law: Law
    if isinstance(code, BlindGaussianChannel) and not np.array_equal(code.center, model.mean_weights):
        law, away = _around_the_mean(model, code)
    else:
        law, away = compressed_population_risk_law(model, code), 0.0
    if isinstance(law, PointMass):
        return LossScale(law.value)
    if not isinstance(law, ChiSquareMixture):
        kept = float(kept_fraction(code.rate_nats, d))
        x = _ratio_beyond(p, d, nu)
        hidden = kept * s2 * d / (nu - 2) * _share_beyond(x, d + 2, nu - 2)
        return LossScale(s2 + kept * s2 * x, p, hidden + _rearranged(model, p))
    squared = float(law.ppf(1 - p)) - s2  # of the random part
    z = squared / law.scales
    root = float(np.sqrt(2) * special.poch(d / 2, 0.5))  # mean of a chi variable
    shares = [law.weights @ (law.scales ** (r / 2) * special.gammaincc((d + r) / 2, z / 2)) for r in (0, 1, 2)]
    hidden = away**2 * shares[0] + 2 * away * root * shares[1] + d * shares[2]
    return LossScale(s2 + (away + float(np.sqrt(squared))) ** 2, p, float(hidden) + _rearranged(model, p))


def _around_the_mean(model: LinearModel, code: BlindGaussianChannel) -> tuple[ChiSquareMixture, float]:
    """Law of ``sigma^2 + |What - E[What | w0]|^2``, and ``delta |w0 - c|`` for a codebook centred elsewhere."""
    require_match(model, code)
    if not model.has_identity_covariance:
        raise UnsupportedModelError("the law of |What - w*| around another centre is known for the identity covariance.")
    d, s2, delta = model.features, model.noise_variance, code.normalized_distortion
    keep = float(kept_fraction(code.rate_nats, d))
    q, weights = chi_square_nodes(model.degrees_of_freedom, np.sqrt(2 / d), tail=DEEP)
    scales = keep**2 * s2 / q + delta * keep * code.source_variance + delta**2 * model.signal_variance
    law = ChiSquareMixture(d, np.full_like(q, s2), scales, weights, s2 + d * float(weights @ scales))
    return law, delta * float(np.linalg.norm(model.mean_weights - code.center))


def _rearranged(model: LinearModel, p: float) -> float:
    """``sigma^2 (P(chi^2_{n+2} > x) - p)``: the most that the empirical risk of w* can be above its mean on rare draws."""
    half, x = model.samples / 2, float(special.chdtri(model.samples, p)) / 2
    # the difference of two upper tails of a chi-square is one term of its series
    return model.noise_variance * float(np.exp(half * np.log(x) - x - special.gammaln(half + 1)))


def _ratio_beyond(p: float, d: int, nu: int) -> float:
    """Value that ``chi^2_d / chi^2_nu`` exceeds with probability `p`, by the Beta law of ``chi^2_nu`` over their sum."""
    share = float(special.betaincinv(nu / 2, d / 2, p))
    return (1 - share) / share


def _share_beyond(x: float, d: int, nu: int) -> float:
    """Probability that ``chi^2_d / chi^2_nu`` exceeds `x`."""
    return float(special.betainc(nu / 2, d / 2, 1 / (1 + x)))
