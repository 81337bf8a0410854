"""All that is known about a code: its information, the true generalization errors, and every bound or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress.bounds import catalogue
from linreg_compress.bounds.bound import GENERALIZATION_ERROR, POPULATION_RISK, SAME_INPUTS, Bound
from linreg_compress.bounds.catalogue import Case, Reason, Row
from linreg_compress.bounds.clipping import AS_GIVEN
from linreg_compress.bounds.information import aware_channel_information, blind_channel_information
from linreg_compress.bounds.same_inputs import Code, averaged_same_inputs_error, same_inputs_generalization_error
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel


@dataclass(frozen=True)
class Absent:
    """A bound that has no value for a code."""

    name: str
    """Short name for tables, as `Bound.name`."""
    of: str
    """The quantity that it bounds, as `Bound.of`."""
    reason: str
    """A sentence without its full stop."""
    left_out: bool
    """Whether the theorem is about another kind of code, or has its own function; if not, the reason says what is
    missing.
    """


@dataclass(frozen=True)
class CodeBounds:
    """What mutual information promises about a code, beside the truth; errors are in squared units of y."""

    information_nats: float
    """I(S; What) or a number above it; of a design-aware code its rate, which is I(y; What | X) alone."""
    information_given_weights_nats: float | None
    """I(S; What | w*) or a number above it, of a design-blind Gaussian code under a prior."""
    random_design_information_nats: float | None
    """``R + I(X; What) = I(S; What)`` of a design-aware code, where it is known."""
    population_risk: float
    """The mean of s(What); exactly, but for what `errors` says."""
    generalization_error: float
    """The truth on new inputs with new noise."""
    same_inputs_generalization_error: float
    """The truth on the training inputs with fresh noise."""
    listed: tuple[Bound | Absent, ...]
    """Every bound of the catalogue in its order: its value, or why it has none."""
    errors: Mapping[str, float] = field(default_factory=dict, kw_only=True)
    """Standard errors of the last three truths, by their names, where they are averages over random designs."""
    spectra: int = field(default=0, kw_only=True)
    """Number of simulated designs that the truths are averaged over; 0 where all is exact."""

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The bounds that hold for this code."""
        return tuple(one for one in self.listed if isinstance(one, Bound))

    @property
    def absent(self) -> tuple[Absent, ...]:
        """The other ones, each with its reason."""
        return tuple(one for one in self.listed if isinstance(one, Absent))

    @property
    def trivial(self) -> Bound:
        """The population risk: it bounds the generalization error without any information."""
        return Bound("trivial", self.population_risk, GENERALIZATION_ERROR, "upper", ("no loss is below zero",), "")

    def truth(self, of: str) -> float:
        """Return the exact value of what a bound is `of`."""
        known = {
            GENERALIZATION_ERROR: self.generalization_error,
            SAME_INPUTS: self.same_inputs_generalization_error,
            POPULATION_RISK: self.population_risk,
        }
        return known[valid.choice("of", of, tuple(known))]

    def least(self) -> dict[str, Bound]:
        """Return the smallest finite upper bound of each quantity but the trivial one: none is the least for every code.

        One that needs a `loss_scale` which the codebook exceeds is not among them.
        """
        found: dict[str, Bound] = {}
        for bound in sorted(self.bounds, key=lambda bound: bound.value):
            of_the_code = not any(one.endswith(AS_GIVEN) for one in bound.assumptions)
            if bound.kind == "upper" and bound.value < float("inf") and of_the_code:
                found.setdefault(bound.of, bound)
        return found


@takes(model=LinearModel, code=(BlindGaussianChannel, AwareGaussianChannel, CellQuantizer, UniformQuantizer))
def bounds_of(
    model: LinearModel, code: Code, loss_scale: float | None = None, *, variance_inflation: float = 1.0
) -> CodeBounds:
    """Return a code's information, its true generalization errors, and every bound that holds for it.

    Parameters
    ----------
    model : LinearModel
        Sigma = I; a Gaussian channel centred at the true weights takes any.
    code : BlindGaussianChannel, AwareGaussianChannel, CellQuantizer or UniformQuantizer
        Built for this model.
    loss_scale : float, optional
        The supremum of ``s(w) = sigma^2 + |w - w*|^2`` over the codebook, squared units of y, for the sub-Gaussian and the
        chi-square bound. Without it that of finitely many levels and fixed true weights is used, and any other codebook is
        clipped at one draw in a million (`loss_scale`). Another codebook has no supremum: with a number given those two
        bounds are of a code clipped there, as their assumptions then say.
    variance_inflation : float, default 1
        Mean variance-inflation factor of correlated features. The code then is a design-blind Gaussian one of one weight
        at a time, and the true weights have a prior.

    Returns
    -------
    CodeBounds
        ``bounds`` are those that hold; ``absent`` are those that do not, or cannot be computed, each with its reason.

    Raises
    ------
    InvalidInputError
        If `loss_scale` is below the exact supremum, or below the mean of s(What).
    UnsupportedModelError
        If the truth is not known for this model and code.

    Examples
    --------
    >>> import numpy as np
    >>> model = LinearModel(samples=80, features=50)
    >>> found = bounds_of(model, BlindGaussianChannel.for_model(model, bits_per_weight=1.0), loss_scale=10.0)
    >>> round(found.information_nats, 3), round(found.generalization_error, 3)
    (34.657, 1.556)
    >>> [(bound.name, round(bound.value, 3)) for bound in found.bounds]
    [('sub-gaussian', 13.164), ('chi-square', 8.136), ('donsker-varadhan', 1.96)]
    >>> found.absent[-2].name, found.absent[-2].reason
    ('wasserstein', 'it is proved for a design-aware Gaussian code, and this one sees the weights alone')
    """
    scale = None if loss_scale is None else valid.positive_number("loss_scale", loss_scale)
    inflation = valid.positive_number("variance_inflation", variance_inflation)
    exact = _exact_risks(model, code, inflation)
    information, given_weights = _information(model, code, inflation)
    population_risk = float(exact.population_risk)
    case = Case(model, code, scale, inflation, population_risk, information, given_weights)
    same_inputs, errors = _same_inputs(model, code, exact)
    rate, full = information, None
    if isinstance(code, AwareGaussianChannel):
        rate, full = code.rate_nats, information
    assert rate is not None  # only a design-aware code has information that is not known
    return CodeBounds(
        information_nats=rate,
        information_given_weights_nats=given_weights,
        random_design_information_nats=full,
        population_risk=population_risk,
        generalization_error=float(exact.generalization_error),
        same_inputs_generalization_error=same_inputs,
        listed=tuple(_listed(row, case) for row in catalogue.CATALOGUE),
        errors=errors,
        spectra=exact.spectra,
    )


def _same_inputs(model: LinearModel, code: Code, exact: CompressedRisks) -> tuple[float, dict[str, float]]:
    """Return the error on the training inputs, and the standard errors of all three truths, none where they are exact."""
    if not exact.spectra or not isinstance(code, AwareGaussianChannel):
        return same_inputs_generalization_error(model, code), {}
    size = model.samples, model.features, model.noise_variance
    value, error = averaged_same_inputs_error(*size, code.signal_variance, code.rate_nats)
    errors = {name: exact.errors[name] for name in (POPULATION_RISK, GENERALIZATION_ERROR) if name in exact.errors}
    return value, {**errors, SAME_INPUTS: error}


def _exact_risks(model: LinearModel, code: Code, inflation: float) -> CompressedRisks:
    if inflation == 1:
        return risks(model, code)
    if not isinstance(code, BlindGaussianChannel) or model.signal_variance == 0:
        raise UnsupportedModelError(
            "a variance inflation other than 1 is known for a design-blind Gaussian channel and true weights with a prior."
        )
    return blind_channel_risks(
        model.samples,
        model.features,
        model.noise_variance,
        code.rate_nats,
        signal_variance=model.signal_variance,
        variance_inflation=inflation,
    )


def _information(model: LinearModel, code: Code, inflation: float) -> tuple[float | None, float | None]:
    """Return I(S; What) and I(S; What | w*), or numbers above them; None where they are not known."""
    if isinstance(code, CellQuantizer | UniformQuantizer):
        return scalar_quantizer_entropy(model, code), None
    if isinstance(code, AwareGaussianChannel):
        return (None if code.signal_variance > 0 else aware_channel_information(model, code)), None
    if inflation != 1:
        # one weight at a time: given W the What_j are independent, so I(W; What) <= sum_j I(W_j; What_j) <= R
        return code.rate_nats, None
    given_weights = blind_channel_information(model, code)
    return (code.rate_nats, given_weights) if model.signal_variance > 0 else (given_weights, None)


def _listed(row: Row, case: Case) -> Bound | Absent:
    """Return the bound of a row; what its theorem refuses is the reason why there is none."""
    try:
        found = row.find(case)
    except UnsupportedModelError as error:
        found = Reason(str(error).rstrip("."))
    return Absent(row.name, row.of, found.text, found.left_out) if isinstance(found, Reason) else found
