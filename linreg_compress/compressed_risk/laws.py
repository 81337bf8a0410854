"""Whole distributions of the risks after the Gaussian channel, codebook at the true weights or at the prior mean.

Notation: nu = n - d + 1, ``keep = 1 - delta``, V the variance the channel was built for, and all chi-squares independent.

- aware (centred at the true weights): ``L_mu - sigma^2 ~ keep sigma^2 (d/nu) F_{d,nu}`` and
  ``n L_S / sigma^2 ~ chi^2_{n-d} + delta chi^2_d``, for any Sigma;
- blind: ``L_mu - sigma^2 ~ [keep^2 sigma^2 / chi^2_nu + k] chi^2_d`` and
  ``n L_S ~ sigma^2 chi^2_{n-d} + (delta^2 sigma^2 + k chi^2_n) chi^2_d`` with ``k = delta keep V + delta^2 tau^2``
  (worked out for this package: derivation ``blind-channel-empirical-law``).
"""

from typing import cast

import numpy as np
from scipy import special

from linreg_compress._kinds import takes
from linreg_compress.compressed_risk.formulas import require_match
from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks, blind_channel_risks
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.information.rate_distortion import kept_fraction
from linreg_compress.model import LinearModel
from linreg_compress.quadratic_laws import DEEP, ChiSquareMixture, Law, PointMass, beta_nodes, chi_square_nodes, pruned

_TAIL_WIDTH = 0.25  # tuning: in a logarithm: an upper tail near 1e-18 has no sharper features


def _spread(model: LinearModel, channel: BlindGaussianChannel) -> tuple[float, float, float]:
    """Return (keep, delta, k) of a blind channel centred at the mean of the true weights."""
    require_match(model, channel)
    if not np.array_equal(channel.center, model.mean_weights):
        raise UnsupportedModelError(
            "the law of a risk after compression is known for a codebook centred at the true weights or at the prior "
            "mean; build the channel without a center of its own."
        )
    delta = channel.normalized_distortion
    keep = float(kept_fraction(channel.rate_nats, model.features))
    return keep, delta, delta * keep * channel.source_variance + delta**2 * model.signal_variance


def _require_oracle_center(model: LinearModel, channel: AwareGaussianChannel) -> None:
    require_match(model, channel)
    if model.samples < model.features:
        raise UnsupportedModelError(
            "the law after the design-aware channel is known for samples >= features; got "
            f"{model.samples} and {model.features}."
        )
    if model.signal_variance > 0 or not np.array_equal(channel.center, model.mean_weights):
        raise UnsupportedModelError(
            "the law after the design-aware channel is known for a codebook centred at the true weights; with a prior "
            "the risk depends on the whole spectrum of the design, so simulate it."
        )


@takes(model=LinearModel, channel=(BlindGaussianChannel, AwareGaussianChannel))
def compressed_population_risk_law(model: LinearModel, channel: BlindGaussianChannel | AwareGaussianChannel) -> Law:
    """Law of the population risk of What over data, prior and code.

    Parameters
    ----------
    channel : BlindGaussianChannel or AwareGaussianChannel
        Centred at the mean of the true weights (aware: at the true weights).

    Raises
    ------
    UnsupportedModelError
        If the centre is elsewhere.

    Examples
    --------
    At one bit a weight nine training sets in ten give a population risk below:

    >>> model = LinearModel(samples=80, features=50)
    >>> channel = AwareGaussianChannel.for_model(model, bits_per_weight=1.0)
    >>> round(float(compressed_population_risk_law(model, channel).ppf(0.9)), 4)
    2.8669
    """
    from scipy import stats

    n, d, s2 = model.samples, model.features, model.noise_variance
    nu = model.degrees_of_freedom
    if isinstance(channel, AwareGaussianChannel):
        _require_oracle_center(model, channel)
        keep = float(kept_fraction(channel.rate_nats, d))
        return PointMass(s2) if keep == 0 else cast(Law, stats.f(d, nu, loc=s2, scale=keep * s2 * d / nu))
    keep, _, k = _spread(model, channel)
    if keep == 0 and k == 0:
        return PointMass(s2)
    risks = blind_channel_risks(n, d, s2, channel.rate_nats, signal_variance=model.signal_variance)
    q, weights = chi_square_nodes(nu, np.sqrt(2 / d), tail=DEEP)  # a heavy tail comes from tiny q
    with np.errstate(over="ignore"):
        scales = keep**2 * s2 / q + k
    return ChiSquareMixture(d, np.full_like(q, s2), scales, weights, float(risks.population_risk))


@takes(model=LinearModel, channel=BlindGaussianChannel)
def codebook_radius_law(model: LinearModel, channel: BlindGaussianChannel) -> Law:
    """Law of ``|What - c|^2``, the squared distance of the compressed weights from the codebook's centre (Sigma = I).

    ``[keep^2 (sigma^2 / chi^2_nu + tau^2) + delta keep V] chi^2_d``; its quantiles say how large a ball must be to hold the
    codebook, which bounds with a supremum over the codebook need.

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50)
    >>> channel = BlindGaussianChannel.for_model(model, bits_per_weight=1.0)
    >>> round(float(codebook_radius_law(model, channel).mean()), 4)
    1.2931
    """
    keep, delta, _ = _spread(model, channel)
    if not model.has_identity_covariance:
        raise UnsupportedModelError("the law of the codebook's radius is known for the identity covariance.")
    d, noise = model.features, delta * keep * channel.source_variance
    if keep == 0:
        return PointMass(0.0)
    q, weights = chi_square_nodes(model.degrees_of_freedom, np.sqrt(2 / d), tail=DEEP)
    with np.errstate(over="ignore"):
        scales = keep**2 * (model.noise_variance / q + model.signal_variance) + noise
    variance = keep**2 * (model.weight_variance + model.signal_variance) + noise
    return ChiSquareMixture(d, np.zeros_like(q), scales, weights, d * variance)


@takes(model=LinearModel, channel=(BlindGaussianChannel, AwareGaussianChannel))
def compressed_empirical_risk_law(model: LinearModel, channel: BlindGaussianChannel | AwareGaussianChannel) -> Law:
    """Law of the empirical risk of What over data, prior and code.

    Parameters
    ----------
    channel : BlindGaussianChannel or AwareGaussianChannel
        Centred at the mean of the true weights (aware: at the true weights).

    Raises
    ------
    UnsupportedModelError
        If the centre is elsewhere.

    Notes
    -----
    Tail probabilities are right to 1e-9 or better down to 1e-24; of smaller ones only the order of magnitude is certain.

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50)
    >>> channel = BlindGaussianChannel.for_model(model, bits_per_weight=1.0)
    >>> round(float(compressed_empirical_risk_law(model, channel).cdf(0.75)), 4)
    0.5641
    """
    from scipy import stats

    n, d, s2 = model.samples, model.features, model.noise_variance
    width = min(np.sqrt(2 / n), _TAIL_WIDTH)
    if isinstance(channel, AwareGaussianChannel):
        _require_oracle_center(model, channel)
        expectation = float(aware_channel_risks(n, d, s2, channel.rate_nats).empirical_risk)
        delta, k = channel.normalized_distortion, 0.0
        ratios, ratio_weights = np.array([delta]), np.ones(1)
    else:
        _, delta, k = _spread(model, channel)
        risks = blind_channel_risks(n, d, s2, channel.rate_nats, signal_variance=model.signal_variance)
        expectation = float(risks.empirical_risk)
        # in the far tail a large q must meet a large chi-square: the integrand there is narrower than in the bulk
        q, ratio_weights = chi_square_nodes(n, min(np.sqrt(2 / d) / 3, _TAIL_WIDTH), upper_tail=DEEP)
        ratios = delta**2 + k / s2 * q
    if n == d and not ratios.any():
        return PointMass(0.0)
    if n == d:
        return ChiSquareMixture(d, np.zeros_like(ratios), s2 / n * ratios, ratio_weights, expectation)
    if not ratios.any():  # no distortion at all: least squares itself
        return cast(Law, stats.chi2(n - d, scale=s2 / n))
    first, second, weights = beta_nodes((n - d) / 2, d / 2, width)
    scales = s2 / n * (first + second * ratios[:, None]).ravel()
    joint = (weights * ratio_weights[:, None]).ravel()
    scales, joint = pruned(scales, joint)
    return ChiSquareMixture(n, np.zeros_like(scales), scales, joint, expectation)


@takes(model=LinearModel, channel=BlindGaussianChannel)
def improvement_probability(model: LinearModel, channel: BlindGaussianChannel) -> float:
    """Probability that compression lowers the population risk of the very weights that were fitted (Sigma = I).

    It is the mean over ``q ~ chi^2_nu`` of ``P(F_{d,d} < r)``, where with ``s = sigma^2 / q``

        ln r = -2 arsinh([k - delta (1 + keep) s] / (2 sqrt(k s))),   k = delta keep V + delta^2 tau^2:

    derivation ``improvement-probability`` (``linreg-compress derive improvement-probability`` prints it).

    Parameters
    ----------
    channel : BlindGaussianChannel
        Centred at the mean of the true weights.

    Returns
    -------
    float
        At infinite rate nothing changes, and the limit 1/2 is returned. Of a probability below 1e-280 it is certain only
        that it is small: the tails of q that decide it are cut off.

    Raises
    ------
    UnsupportedModelError
        If the centre is elsewhere, or Sigma is not I.

    Examples
    --------
    At one bit a weight, and with a signal four times weaker or stronger than the noise of a weight:

    >>> for ratio in (0.25, 4.0):
    ...     model = LinearModel(samples=80, features=50, signal_variance=ratio / 29)
    ...     channel = BlindGaussianChannel.for_model(model, bits_per_weight=1.0)
    ...     round(improvement_probability(model, channel), 4)
    0.8537
    0.02
    """
    keep, delta, k = _spread(model, channel)
    k = k / model.noise_variance
    if not model.has_identity_covariance:
        raise UnsupportedModelError("the probability of an improvement is known for the identity covariance.")
    if delta == 0:
        return 0.5
    if k == 0:  # nothing of the estimate is left, and the codebook is centred at the truth
        return 1.0
    d = model.features
    # ln r moves at most as fast as ln q, and ln F_{d,d} has a width of 2 / sqrt(d)
    q, weights = chi_square_nodes(model.degrees_of_freedom, 2 / np.sqrt(d), tail=DEEP)
    share = np.sqrt(k * q)  # sqrt(k / s)
    log_ratio = -2 * np.arcsinh((share - delta * (1 + keep) / share) / 2)
    return float(weights @ special.betainc(d / 2, d / 2, special.expit(log_ratio)))
