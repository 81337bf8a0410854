"""Every bound in one order: of a code it returns the value, or the reason for which there is none.

A new bound is a row of `CATALOGUE`: its name, what it bounds, and a function from a `Case` to a `Bound` or to a `Reason`.
Two kinds of results have no row: the Gibbs algorithm's errors are about another algorithm, and the relative bound is on a
quantity whose truth is not known exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from linreg_compress.bounds.bound import GENERALIZATION_ERROR, POPULATION_RISK, SAME_INPUTS, Bound
from linreg_compress.bounds.chi_square import chi_square_bound
from linreg_compress.bounds.clipping import LossScale, loss_scale
from linreg_compress.bounds.donsker_varadhan import (
    centred_donsker_varadhan_bound,
    donsker_varadhan_bound,
    random_design_bound,
)
from linreg_compress.bounds.individual_sample import individual_sample_bound
from linreg_compress.bounds.minimum_excess_risk import minimum_excess_risk_bound
from linreg_compress.bounds.same_inputs import Code
from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from linreg_compress.bounds.wasserstein import wasserstein_bound
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
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


def largest_loss_scale(case: Case) -> LossScale | Reason:
    """Return the supremum of s(w): the given one, the exact one of finitely many levels, or that of the clipped codebook.

    Raises
    ------
    InvalidInputError
        If the given one is below the exact one, or below the mean of s(What).
    """
    model, code, given = case.model, case.code, case.loss_scale
    if case.population_risk == float("inf"):
        if given is None:
            return Reason("needs samples >= features + 2: s(What) has an infinite mean, so no largest value")
        rule = f"must be left out with samples below features + 2 = {model.features + 2}: s(What) has an infinite mean"
        raise InvalidInputError("loss_scale", rule, given, "Leave it out, or use more samples.")
    if isinstance(code, CellQuantizer) and model.signal_variance == 0:
        exact = loss_scale(model, code)
        if given is not None and given < exact.value * (1 - _COPIED):
            raise InvalidInputError(
                "loss_scale",
                f"must be at least the supremum over this codebook, {exact.value:.12g}",
                given,
                "Leave it out.",
            )
        return exact if given is None else LossScale(max(given, exact.value))
    if given is None:
        if case.variance_inflation != 1:
            return Reason(f"{_WHOLE_COVARIANCE.text}: give loss_scale")
        try:
            return loss_scale(model, code)
        except UnsupportedModelError as error:
            return Reason(f"{_first_sentence(error)}: give loss_scale")
    if given < case.population_risk * (1 - _COPIED):
        raise InvalidInputError(
            "loss_scale",
            f"must be at least the mean of s(What), the population risk {case.population_risk:.12g} of this code",
            given,
            "It is the largest value of s(w) on the codebook.",
        )
    return LossScale(given, given=True)


def _first_sentence(error: UnsupportedModelError) -> str:
    """Return what is missing; the advice after it is about a loss scale that nobody gives."""
    return str(error).partition(". ")[0].rstrip(".")


def _by_scale(bound: Callable[[int, float, float], Bound]) -> Callable[[Case], Bound | Reason]:
    """Return the finder of a bound that needs the supremum of s(w)."""

    def find(case: Case) -> Bound | Reason:
        if case.information_nats is None:
            return _UNKNOWN_INFORMATION
        scale = largest_loss_scale(case)
        if isinstance(scale, Reason):
            return scale
        return scale.applied(bound(case.model.samples, case.information_nats, scale.value))

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
        return Reason("needs samples >= features + 2: E |W - w*|^2 is infinite")
    return random_design_bound(case.model, case.code, case.information_nats)


def _individual_sample(case: Case) -> Bound | Reason:
    if not isinstance(case.code, AwareGaussianChannel):
        return Reason("it is proved for a design-aware Gaussian code, and this one sees the weights alone", True)
    if case.code.signal_variance > 0:
        return Reason("needs a design-aware codebook centred at the true weights")
    model = case.model
    return individual_sample_bound(model.samples, model.features, model.noise_variance, case.code.rate_nats)


def _wasserstein(case: Case) -> Bound | Reason:
    absent = _individual_sample(case)
    if isinstance(absent, Reason) or not isinstance(case.code, AwareGaussianChannel):
        return absent
    model = case.model
    return wasserstein_bound(model.samples, model.features, model.noise_variance, case.code.rate_nats)


def _minimum_excess_risk(case: Case) -> Bound | Reason:
    model = case.model
    if model.signal_variance == 0:
        return Reason("without a prior nothing keeps a learner from knowing the true weights: give a signal variance", True)
    if case.variance_inflation != 1 or not model.has_identity_covariance:
        return Reason("the floor is computed for uncorrelated features of unit variance", True)
    # a design-aware code sends no more than its rate either, as its decoder knows X alone
    rate = case.code.rate_nats if isinstance(case.code, AwareGaussianChannel) else case.information_nats
    return minimum_excess_risk_bound(model.samples, model.features, model.noise_variance, model.signal_variance, rate)


_COPIED = 1e-9  # relative: how far a number that a person copied from a message may be off
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
    Row("wasserstein", SAME_INPUTS, _wasserstein),
    Row("minimum-excess-risk", POPULATION_RISK, _minimum_excess_risk),
)
