"""Every bound in one order: of a code it returns the value, or the reason for which there is none.

A new bound is a row of `CATALOGUE`: its name, what it bounds, and a function from a `Case` to a `Bound` or to a `Reason`.
Two results have no row: the Gibbs algorithm's error is about another algorithm, and the relative bound is on a quantity
whose truth is not known exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from linreg_compress.bounds.bound import GENERALIZATION_ERROR, SAME_INPUTS, Bound
from linreg_compress.bounds.chi_square import chi_square_bound
from linreg_compress.bounds.donsker_varadhan import (
    centred_donsker_varadhan_bound,
    donsker_varadhan_bound,
    random_design_bound,
)
from linreg_compress.bounds.individual_sample import individual_sample_bound
from linreg_compress.bounds.same_inputs import Code
from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import InvalidInputError
from linreg_compress.model import LinearModel


@dataclass(frozen=True)
class Case:
    """A code with its model, and what the theorems ask about them."""

    model: LinearModel
    """The model of the data."""
    code: Code
    """What compresses its least-squares weights."""
    loss_scale: float | None
    """The supremum of s(w) over the codebook that the caller gave."""
    variance_inflation: float
    """Mean variance-inflation factor of the features; 1 where they are uncorrelated."""
    population_risk: float
    """The mean of s(What), exactly."""
    information_nats: float | None
    """I(S; What) or anything above it; None where it is not known."""
    information_given_weights_nats: float | None
    """I(S; What | w*) or anything above it; None where there is no prior, or it is not known."""


@dataclass(frozen=True)
class Reason:
    """Why a bound has no value for a code."""

    text: str
    """A sentence without its full stop."""
    left_out: bool = False
    """Whether nothing that a caller could give would list it: the theorem is about another kind of code, or has its own
    function.
    """


@dataclass(frozen=True)
class Row:
    """A bound of the catalogue."""

    name: str
    """The name that its `Bound` has."""
    of: str
    """The quantity that it bounds."""
    find: Callable[[Case], Bound | Reason]
    """What is known of a code: the bound itself, or why there is none."""


def largest_loss_scale(case: Case) -> float | Reason:
    """Return the supremum of s(w) over the codebook: what the caller gave, or the exact one of finitely many levels.

    Raises
    ------
    InvalidInputError
        If the given one is below the exact one, or below the mean of s(What).
    """
    model, code, given = case.model, case.code, case.loss_scale
    if isinstance(code, CellQuantizer) and model.signal_variance == 0:
        farthest = ((code.levels[:, None] - model.mean_weights) ** 2).max(axis=0)
        exact = model.noise_variance + float(np.sum(farthest))
        if given is not None and given < exact:
            raise InvalidInputError(
                "loss_scale", f"must be at least the supremum over this codebook, {exact:.6g}", given, "Leave it out."
            )
        given = exact if given is None else given
    if given is None:
        if isinstance(code, BlindGaussianChannel | AwareGaussianChannel):
            return Reason("a Gaussian codebook has no largest s(w): give loss_scale")
        missing = "under a prior" if isinstance(code, CellQuantizer) else "of an unlimited codebook"
        return Reason(f"s(w) has no supremum {missing}: give loss_scale")
    if given < case.population_risk * (1 - 1e-12):
        raise InvalidInputError(
            "loss_scale",
            f"must be at least the mean of s(What), the population risk {case.population_risk:.6g} of this code",
            given,
            "It is the largest value of s(w) on the codebook.",
        )
    return given


def _by_scale(bound: Callable[[int, float, float], Bound]) -> Callable[[Case], Bound | Reason]:
    """Return the finder of a bound that needs the supremum of s(w)."""

    def find(case: Case) -> Bound | Reason:
        if case.information_nats is None:
            return _UNKNOWN_INFORMATION
        scale = largest_loss_scale(case)
        return scale if isinstance(scale, Reason) else bound(case.model.samples, case.information_nats, scale)

    return find


def _donsker_varadhan(case: Case) -> Bound | Reason:
    if isinstance(case.code, AwareGaussianChannel):
        return Reason("a design-aware code has more information than its rate: donsker-varadhan-random-design", True)
    if case.variance_inflation != 1:
        return _WHOLE_COVARIANCE
    if case.information_nats is None:
        return _UNKNOWN_INFORMATION
    return donsker_varadhan_bound(case.model, case.code, case.information_nats)


def _donsker_varadhan_given_weights(case: Case) -> Bound | Reason:
    if not isinstance(case.code, BlindGaussianChannel):
        return Reason("I(S; What | w*) is computed for the design-blind Gaussian code alone", True)
    if case.variance_inflation != 1:
        return _WHOLE_COVARIANCE
    if case.information_given_weights_nats is None:
        return Reason("without a prior the true weights are fixed, so it is donsker-varadhan itself", True)
    bound = donsker_varadhan_bound(case.model, case.code, case.information_given_weights_nats)
    return replace(bound, name="donsker-varadhan-given-weights")


def _donsker_varadhan_centred(case: Case) -> Bound | Reason:
    if isinstance(case.code, UniformQuantizer):
        return Reason("the centred average is infinite without a largest level", True)
    if not isinstance(case.code, CellQuantizer):
        return Reason("the centred form is computed for codebooks of finitely many levels alone", True)
    if case.model.signal_variance > 0:
        return Reason("under a prior its average takes up to a minute: centred_donsker_varadhan_bound computes it", True)
    if case.information_nats is None:
        return _UNKNOWN_INFORMATION
    return centred_donsker_varadhan_bound(case.model, case.code, case.information_nats)


def _donsker_varadhan_random_design(case: Case) -> Bound | Reason:
    if not isinstance(case.code, AwareGaussianChannel):
        return Reason("it is the form for a design-aware code, and this one sees the weights alone: donsker-varadhan", True)
    if case.information_nats is None:
        return _UNKNOWN_INFORMATION
    if case.model.samples < case.model.features + 2:
        return Reason("needs samples >= features + 2: E s(What) is infinite")
    return random_design_bound(case.model, case.code, case.information_nats)


def _individual_sample(case: Case) -> Bound | Reason:
    if not isinstance(case.code, AwareGaussianChannel):
        return Reason("it is proved for a design-aware Gaussian code, and this one sees the weights alone", True)
    if case.code.signal_variance > 0:
        return Reason("needs a design-aware codebook centred at the true weights")
    model = case.model
    return individual_sample_bound(model.samples, model.features, model.noise_variance, case.code.rate_nats)


_UNKNOWN_INFORMATION = Reason("I(S; What) = R + I(X; What) is not known unless the codebook is centred at the true weights")
_WHOLE_COVARIANCE = Reason(
    "the law of s(What) depends on the whole covariance, not on the mean variance-inflation factor alone"
)

CATALOGUE: tuple[Row, ...] = (
    Row("sub-gaussian", GENERALIZATION_ERROR, _by_scale(sub_gaussian_bound)),
    Row("chi-square", GENERALIZATION_ERROR, _by_scale(chi_square_bound)),
    Row("donsker-varadhan", GENERALIZATION_ERROR, _donsker_varadhan),
    Row("donsker-varadhan-given-weights", GENERALIZATION_ERROR, _donsker_varadhan_given_weights),
    Row("donsker-varadhan-centred", GENERALIZATION_ERROR, _donsker_varadhan_centred),
    Row("donsker-varadhan-random-design", GENERALIZATION_ERROR, _donsker_varadhan_random_design),
    Row("individual-sample", SAME_INPUTS, _individual_sample),
)
