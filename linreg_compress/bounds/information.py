"""How much the compressed weights know about the training data: I(S; What), exactly or from above, nats.

For a code that sees W alone, ``I(S; What) <= I(W; What)`` (data processing), at most its rate; for a deterministic code it
is the entropy of What, at most the logarithm of the number of codewords. For the design-aware code the rate is only ``I(y;
What | X)``, and ``I(S; What) = R + I(X; What)``: the codewords tell about the design as well.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.cell_entropy import ScaleMixture, entropy_of_cells, entropy_of_steps
from linreg_compress.compressed_risk.formulas import require_match
from linreg_compress.compressed_risk.scalar_quantizer import Coordinates, coordinates_of, scalar_quantizer_entropy
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.gamma_differences import mean_log_determinant_gap
from linreg_compress.information.rate_distortion import kept_fraction
from linreg_compress.model import LinearModel
from linreg_compress.quadratic_laws import chi_square_nodes

_SMOOTH = 0.2  # tuning: width in ln q of the sharpest feature
_NEGLIGIBLE = 80.0  # tuning: twice the logarithm of the smallest part of a tail that still counts
# tuning: a Gaussian so many steps wide and a uniform step added to it have the entropy of their variance, up to 2e-11
_FLAT = 4.0
_COMPOSITIONS = 20_000  # tuning: bounds the time: most ways to fill the cells for which a joint entropy is summed


@dataclass(frozen=True)
class DataProcessing:
    """The chain S - W - What, nats."""

    data_and_weights: float
    """I(S; W): infinite, least squares is a deterministic and continuous function of the data."""
    weights_and_code: float
    """I(W; What), from above."""
    data_and_code: float
    """I(S; What), at most the smaller of the two: finite after compression."""


@takes(model=LinearModel, code=(BlindGaussianChannel, CellQuantizer, UniformQuantizer))
def data_processing(model: LinearModel, code: BlindGaussianChannel | CellQuantizer | UniformQuantizer) -> DataProcessing:
    """Put numbers on I(S; What) <= min(I(S; W), I(W; What)).

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50)
    >>> data_processing(model, BlindGaussianChannel.for_model(model, 5.0))
    DataProcessing(data_and_weights=inf, weights_and_code=5.0, data_and_code=5.0)
    """
    if isinstance(code, BlindGaussianChannel):
        require_match(model, code)
        return DataProcessing(float("inf"), code.rate_nats, code.rate_nats)
    information = scalar_quantizer_entropy(model, code)
    return DataProcessing(float("inf"), information, information)


@takes(model=LinearModel, channel=BlindGaussianChannel)
def blind_channel_information(model: LinearModel, channel: BlindGaussianChannel) -> float:
    """Bound I(S; What | w*) of the design-blind Gaussian channel by ``(d/2) ln(1 + (1 - delta) v / (delta V))``.

    Of all laws with its covariance the Gaussian has the largest entropy. For a codebook centred at the true weights this is
    R; around another centre, or under a prior, the channel spends the rest of its rate on telling w* (or its offset).

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50, signal_variance=1 / 29)
    >>> channel = BlindGaussianChannel.for_model(model, bits_per_weight=1.0)
    >>> round(blind_channel_information(model, channel), 4), round(channel.rate_nats, 4)
    (22.9073, 34.6574)
    """
    require_match(model, channel)
    d, rate = model.features, channel.rate_nats
    share = model.weight_variance / channel.source_variance
    keep, delta = float(kept_fraction(rate, d)), channel.normalized_distortion
    if share >= 1:
        return rate
    if delta > 1e-100:
        return min(rate, d / 2 * float(np.log1p(keep * share / delta)))
    return rate + d / 2 * float(np.log1p(-keep * (1 - share)))


def design_information(samples: int, features: int) -> float:
    """I(X; What) of the design-aware Gaussian channel centred at the true weights, at every positive rate, n >= d.

    Given X, What - w* is ``N(0, (1 - delta) sigma^2 G^{-1})``; over the designs it is a multivariate t. The difference of
    their entropies is free of delta, sigma and Sigma. With nu = n - d + 1 and the digamma function psi,

        ln[Gamma(nu/2) / Gamma((n+1)/2)] + ((n+1)/2) [psi((n+1)/2) - psi(nu/2)] - d/2 + (1/2) sum_{i<d} psi((n-i)/2).

    Parameters
    ----------
    samples, features : int
        n and d, n >= d.

    Returns
    -------
    float
        Nats. At rate 0 the code is constant, and the information is 0 instead.

    Examples
    --------
    >>> round(design_information(80, 50), 4)
    14.4711
    """
    n, d = valid.count("samples", samples), valid.count("features", features)
    if n < d:
        raise UnsupportedModelError(f"the design-aware code needs samples >= features; got {n} and {d}.")
    # the terms are of the size of n ln n and their sum is about d (d + 1) / (4 n)
    return mean_log_determinant_gap((n - d + 1) / 2, d)


@takes(model=LinearModel, channel=AwareGaussianChannel)
def aware_channel_information(model: LinearModel, channel: AwareGaussianChannel) -> float:
    """I(S; What) = R + I(X; What) of the design-aware Gaussian channel centred at the true weights, exactly.

    Raises
    ------
    UnsupportedModelError
        If the codebook is not centred at the true weights: no closed form is known.
    """
    if require_match(model, channel) > 0:
        raise UnsupportedModelError(
            "I(X; What) is known for a design-aware codebook centred at the true weights; set signal_variance to 0."
        )
    return channel.rate_nats + design_information(model.samples, model.features) if channel.rate_nats > 0 else 0.0


def codebook_information(codewords: int) -> float:
    """Bound I(S; What) by ``ln K`` for K codewords of the whole vector; K levels a weight have ``d ln K``.

    Examples
    --------
    >>> round(codebook_information(16), 4)
    2.7726
    """
    return float(np.log(valid.count("codewords", codewords)))


def entropy_given_design(model: LinearModel, quantizer: CellQuantizer | UniformQuantizer) -> float:
    """``H(What | q)``, a lower bound of H(What): given q the quantized weights are independent (Sigma = I).

    With `scalar_quantizer_entropy` it brackets the joint entropy: ``H(What | q) <= H(What) <= sum_j H(What_j)``.

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50)
    >>> low, high = (f(model, UniformQuantizer(0.1)) for f in (entropy_given_design, scalar_quantizer_entropy))
    >>> round(low, 3), round(high, 3)
    (101.679, 102.453)
    """
    c, deviations, weights = _given_design(model, quantizer)
    total = 0.0
    for mean, times in zip(c.means, c.share, strict=True):
        entropies = [_conditional_entropy(c.quantizer, float(mean), float(s)) for s in deviations]
        total += float(times * (weights @ entropies))
    return total


def joint_entropy(model: LinearModel, quantizer: CellQuantizer) -> float:
    """H(What) = I(S; What) exactly, for weights with one common mean and few cells (Sigma = I).

    The probability of a codeword depends on how many weights fall in each cell alone: a sum over those counts of an
    integral over q.

    Raises
    ------
    UnsupportedModelError
        If the means of the true weights differ, or there are too many ways to fill the cells.

    Examples
    --------
    Three cells: the weights share q, so together they say less than one by one.

    >>> model = LinearModel(samples=12, features=8)
    >>> three = CellQuantizer(np.array([-0.6, 0.0, 0.6]), np.array([-0.3, 0.3]))
    >>> low, high = entropy_given_design(model, three), scalar_quantizer_entropy(model, three)
    >>> bool(low < joint_entropy(model, three) < high)
    True
    """
    d, size = model.features, quantizer.levels.size
    c, deviations, weights = _given_design(model, quantizer)
    ways = float(special.binom(d + size - 1, size - 1))
    if len(c.means) > 1 or ways > _COMPOSITIONS:
        raise UnsupportedModelError(
            f"the joint entropy is summed for one common mean and at most {_COMPOSITIONS} ways to fill the cells; got "
            f"{len(c.means)} means and {ways:.3g} ways. Use entropy_given_design and scalar_quantizer_entropy."
        )
    counts = _compositions(d, size)
    with np.errstate(divide="ignore"):
        logs = np.log([ScaleMixture.normal(float(s)).masses(_edges(c.quantizer, float(c.means[0]))) for s in deviations])
    logs = np.maximum(logs, -1e4)  # an empty cell: 0 ln 0 = 0
    log_codeword = special.logsumexp(counts @ logs.T + np.log(weights), axis=1)
    log_ways = special.gammaln(d + 1) - special.gammaln(counts + 1).sum(axis=1)
    return float(-np.exp(log_ways + log_codeword) @ log_codeword)


def _given_design(
    model: LinearModel, quantizer: CellQuantizer | UniformQuantizer
) -> tuple[Coordinates, FloatArray, FloatArray]:
    """Kinds of weights, deviations given q and the weights of q; lengths over sigma."""
    if not model.has_identity_covariance:
        raise UnsupportedModelError("the joint entropy is known for the identity covariance.")
    c = coordinates_of(model, quantizer)
    edge = c.nearest_edge()
    lowest = np.log(c.noise) - 2 * np.log(edge) - _NEGLIGIBLE / model.degrees_of_freedom if edge > 0 else np.inf
    q, weights = chi_square_nodes(model.degrees_of_freedom, _SMOOTH, lowest=lowest)
    return c, np.sqrt(c.noise / q + c.signal), weights


def _conditional_entropy(quantizer: CellQuantizer | UniformQuantizer, mean: float, deviation: float) -> float:
    law = ScaleMixture.normal(deviation)
    if isinstance(quantizer, CellQuantizer):
        return entropy_of_cells(law, quantizer.thresholds - mean)
    step = quantizer.step
    if deviation > _FLAT * step:
        # a cell's probability over the step is the density of W plus a uniform variable, of variance step^2 / 12
        return float(np.log(2 * np.pi * math.e * (deviation**2 + step**2 / 12)) / 2 - np.log(step))
    return entropy_of_steps(law, step, float(np.remainder(mean + step / 2, step) - step / 2))


def _edges(quantizer: CellQuantizer | UniformQuantizer, mean: float) -> FloatArray:
    assert isinstance(quantizer, CellQuantizer)
    return np.concatenate([[-np.inf], quantizer.thresholds - mean, [np.inf]])


def _compositions(total: int, parts: int) -> FloatArray:
    """All ways to write `total` as an ordered sum of `parts` numbers."""
    rows: list[tuple[int, ...]] = [()]
    for _ in range(parts - 1):
        rows = [(*row, k) for row in rows for k in range(total - sum(row) + 1)]
    return np.array([(*row, total - sum(row)) for row in rows], dtype=float)
