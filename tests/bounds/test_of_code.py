"""All that is known about a code: no bound is below its truth, and no bound is left out without a reason."""

from collections.abc import Callable

import numpy as np
import pytest

from linreg_compress.bounds import catalogue
from linreg_compress.bounds.bound import GENERALIZATION_ERROR, POPULATION_RISK, SAME_INPUTS, Bound
from linreg_compress.bounds.catalogue import CATALOGUE, Case, Row
from linreg_compress.bounds.information import aware_channel_information, blind_channel_information
from linreg_compress.bounds.of_code import CodeBounds, bounds_of
from linreg_compress.bounds.same_inputs import Code, same_inputs_generalization_error
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.identity import Identity
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.model import LinearModel
from tests.compare import assert_refused

MODELS = {
    "oracle": LinearModel(20, 12),
    "prior": LinearModel(20, 12, 2.0, signal_variance=0.3),
    "fixed": LinearModel(20, 12, weights=np.tile([0.1, -0.2, 0.4], 4)),
    "n = d + 1": LinearModel(6, 5),
    "n = d": LinearModel(5, 5, signal_variance=0.1),
}
SIGN = CellQuantizer(np.array([-0.3, 0.3]), np.array([0.0]))
THREE = CellQuantizer(np.array([-0.5, 0.1, 0.7]), np.array([-0.2, 0.5]))
CODES: dict[str, Callable[[LinearModel], Code]] = {
    "blind": lambda model: BlindGaussianChannel.for_model(model, 4.0),
    "blind at rate 0": lambda model: BlindGaussianChannel.for_model(model, 0.0),
    "aware": lambda model: AwareGaussianChannel.for_model(model, 4.0),
    "aware at rate 0": lambda model: AwareGaussianChannel.for_model(model, 0.0),
    "sign": lambda model: SIGN,
    "three levels": lambda model: THREE,
    "uniform": lambda model: UniformQuantizer(0.4),
}
WITHOUT_TRUTH = {(code, model) for code in ("blind", "blind at rate 0", "uniform") for model in ("n = d + 1", "n = d")}
PAIRS = [(code, model) for code in CODES for model in MODELS if (code, model) not in WITHOUT_TRUTH]
NAMES = [row.name for row in CATALOGUE]
SIMPLE = ("sub-gaussian", "chi-square")
FLOOR = "minimum-excess-risk"


def found_for(code: str, model: str, loss_scale: float | None = None) -> CodeBounds:
    return bounds_of(MODELS[model], CODES[code](MODELS[model]), loss_scale)


def names(bounds: CodeBounds) -> set[str]:
    return {bound.name for bound in bounds.bounds}


@pytest.mark.parametrize(("code", "model"), PAIRS)
@pytest.mark.parametrize("loss_scale", [None, 100.0])
def test_every_bound_is_above_its_truth_or_has_a_reason(code: str, model: str, loss_scale: float | None) -> None:
    made = CODES[code](MODELS[model])
    if not np.isfinite(risks(MODELS[model], made).population_risk):
        loss_scale = None  # the mean of s(w) is infinite
    found = bounds_of(MODELS[model], made, loss_scale)
    assert [one.name for one in found.listed] == NAMES
    assert [one.of for one in found.listed] == [row.of for row in CATALOGUE]
    assert {*names(found)} | {one.name for one in found.absent} == {*NAMES}
    for bound in (*found.bounds, found.trivial):
        assert bound.kind == ("lower" if bound.of == POPULATION_RISK else "upper")
        sign = -1 if bound.kind == "lower" else 1
        assert sign * bound.value >= sign * found.truth(bound.of) * (1 - sign * 1e-12)
    for one in found.absent:
        assert len(one.reason.split()) >= 7
        assert not one.reason.endswith(".")


@pytest.mark.parametrize(("code", "model"), PAIRS)
def test_the_truth_is_that_of_the_exact_risks(code: str, model: str) -> None:
    found, made = found_for(code, model), CODES[code](MODELS[model])
    exact = risks(MODELS[model], made)
    assert found.generalization_error == found.truth(GENERALIZATION_ERROR) == float(exact.generalization_error)
    assert found.population_risk == found.trivial.value == float(exact.population_risk)
    assert found.truth(POPULATION_RISK) == found.population_risk
    assert found.truth(SAME_INPUTS) == same_inputs_generalization_error(MODELS[model], made)


@pytest.mark.parametrize(
    ("code", "model", "expected"),
    [
        ("blind", "oracle", {*SIMPLE, "donsker-varadhan"}),
        ("blind", "prior", {*SIMPLE, "donsker-varadhan", "donsker-varadhan-given-weights", FLOOR}),
        ("aware", "oracle", {*SIMPLE, "donsker-varadhan-random-design", "individual-sample", "wasserstein"}),
        ("aware", "n = d + 1", {"individual-sample", "wasserstein"}),
        ("aware", "prior", {FLOOR}),
        ("sign", "fixed", {*SIMPLE, "donsker-varadhan", "donsker-varadhan-centred"}),
        ("sign", "prior", {*SIMPLE, "donsker-varadhan", FLOOR}),
        ("sign", "n = d", {*SIMPLE, "donsker-varadhan", FLOOR}),
        ("uniform", "fixed", {*SIMPLE, "donsker-varadhan"}),
    ],
)
def test_which_bounds_hold(code: str, model: str, expected: set[str]) -> None:
    assert names(found_for(code, model)) == expected


@pytest.mark.parametrize(("code", "model"), [pair for pair in PAIRS if pair[1] in ("oracle", "prior", "fixed")])
def test_a_given_loss_scale_takes_the_place_of_a_clipped_codebook(code: str, model: str) -> None:
    clipped, given = found_for(code, model), found_for(code, model, 100.0)
    assert names(given) == names(clipped)
    unknown = model == "prior" and code.startswith("aware")  # I(X; What)
    assert ({*SIMPLE} <= names(given)) is not unknown
    assumed = [" ".join(bound.assumptions) for bound in given.bounds]
    assert not any("clipped" in one for one in assumed)
    told = {bound.name for bound, one in zip(given.bounds, assumed, strict=True) if "s(w) <= 100, as given" in one}
    assert told == (set() if code in ("sign", "three levels") and model != "prior" else names(given) & {*SIMPLE})


def test_a_loss_scale_that_the_codebook_exceeds_makes_no_least_bound() -> None:
    """At 2.71 the chi-square bound would be the least of all, below what a Gaussian codebook allows."""
    model = LinearModel(80, 50)
    found = bounds_of(model, BlindGaussianChannel.for_model(model, bits_per_weight=3.0), loss_scale=2.71)
    values = {bound.name: bound.value for bound in found.bounds}
    assert values["chi-square"] < values["donsker-varadhan"]
    assert found.least()[GENERALIZATION_ERROR].name == "donsker-varadhan"


def test_a_reason_says_whether_more_could_be_given() -> None:
    for code in CODES:
        absent = {one.name: one for one in found_for(code, "prior").absent}
        aware = code.startswith("aware")
        assert ("sub-gaussian" in absent) is ("chi-square" in absent) is aware
        assert not (aware and absent["sub-gaussian"].left_out)
        assert absent["wasserstein"].left_out is not aware
        assert absent["individual-sample"].left_out is not aware
        assert absent["donsker-varadhan-random-design"].left_out is not aware
        assert ("donsker-varadhan" in absent) is aware
    assert {one.name for one in found_for("blind", "oracle").absent if not one.left_out} == set()
    assert {one.name for one in found_for("sign", "n = d").absent if not one.left_out} == set()


def test_information() -> None:
    model, prior = MODELS["oracle"], MODELS["prior"]
    oracle = found_for("blind", "oracle")
    assert (oracle.information_nats, oracle.information_given_weights_nats) == (4.0, None)
    given = blind_channel_information(prior, BlindGaussianChannel.for_model(prior, 4.0))
    with_prior = found_for("blind", "prior")
    assert (with_prior.information_nats, with_prior.information_given_weights_nats) == (4.0, given)
    fixed = MODELS["fixed"]
    around_zero = BlindGaussianChannel.for_model(fixed, 4.0, np.zeros(12))
    assert bounds_of(fixed, around_zero).information_nats == blind_channel_information(fixed, around_zero) < 4.0
    aware = found_for("aware", "oracle")
    assert aware.information_nats == 4.0
    assert aware.random_design_information_nats == aware_channel_information(
        model, AwareGaussianChannel.for_model(model, 4.0)
    )
    unknown = found_for("aware", "prior")
    assert (unknown.information_nats, unknown.random_design_information_nats) == (4.0, None)
    sign = found_for("sign", "oracle")
    assert sign.information_nats == scalar_quantizer_entropy(model, SIGN)
    assert (sign.information_given_weights_nats, sign.random_design_information_nats) == (None, None)


def test_the_least_bound_of_each_quantity() -> None:
    least = found_for("aware", "oracle", 100.0).least()
    assert {of: bound.name for of, bound in least.items()} == {
        GENERALIZATION_ERROR: "donsker-varadhan-random-design",
        SAME_INPUTS: "wasserstein",
    }
    assert found_for("aware", "prior").least() == {}  # a floor is no upper bound


def test_correlated_features_need_the_loss_scale() -> None:
    model = MODELS["prior"]
    code = BlindGaussianChannel.for_model(model, 4.0)
    found = bounds_of(model, code, 100.0, variance_inflation=3.0)
    assert names(found) == {"sub-gaussian", "chi-square"}
    exact = blind_channel_risks(20, 12, 2.0, 4.0, signal_variance=0.3, variance_inflation=3.0)
    assert found.generalization_error == float(exact.generalization_error)
    absent = {one.name: one.reason for one in found.absent if not one.left_out}
    assert {*absent} == {"donsker-varadhan", "donsker-varadhan-given-weights"}
    assert all("whole covariance" in reason for reason in absent.values())
    floor = next(one for one in found.absent if one.name == FLOOR)
    assert floor.left_out  # a floor without a value is not printed as infinite
    unscaled = {one.name: one.reason for one in bounds_of(model, code, variance_inflation=3.0).absent}
    assert all(unscaled[name].endswith("alone: give loss_scale") for name in SIMPLE)
    for refused, other in ((model, CODES["uniform"](model)), (MODELS["oracle"], CODES["blind"](MODELS["oracle"]))):
        with pytest.raises(ValueError, match="a variance inflation other than 1 is known for"):
            bounds_of(refused, other, variance_inflation=3.0)


def test_what_a_theorem_refuses_is_the_reason() -> None:
    model = LinearModel(20, 5, covariance=np.diag([1.0, 2.0, 3.0, 4.0, 5.0]))
    found = bounds_of(model, BlindGaussianChannel.for_model(model, 4.0), 100.0)
    assert names(found) == {"sub-gaussian", "chi-square"}
    absent = {one.name: one for one in found.absent}
    assert absent["donsker-varadhan"].reason == "the Donsker-Varadhan bound is computed for the identity covariance"
    assert not absent["donsker-varadhan"].left_out
    wide = LinearModel(80, 50, signal_variance=1e9)
    found = bounds_of(wide, UniformQuantizer(1e5))
    assert names(found) == {*SIMPLE, FLOOR}
    assert found.generalization_error > 0
    assert "the average over this prior needs" in {one.name: one.reason for one in found.absent}["donsker-varadhan"]


def test_a_loss_scale_is_a_supremum() -> None:
    model, exact = MODELS["oracle"], 1 + 12 * 0.3**2
    assert names(bounds_of(model, SIGN, exact * (1 + 1e-12))) == names(bounds_of(model, SIGN))
    assert_refused(lambda: bounds_of(model, SIGN, 2.0), "loss_scale must be at least the supremum over this codebook, 2.08")
    code = BlindGaussianChannel.for_model(model, 9.0)
    assert_refused(lambda: bounds_of(model, code, 1.0), "loss_scale must be at least the mean of s(What)")
    assert_refused(lambda: bounds_of(model, code, 0.0), "loss_scale must be positive; got 0.0")
    assert_refused(lambda: bounds_of(model, Identity()), "code must be")  # type: ignore[arg-type]


def test_a_toy_bound_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def twice_the_risk(case: Case) -> Bound:
        return Bound("toy", 2 * case.population_risk, GENERALIZATION_ERROR, "upper", ("none",), "this test")

    monkeypatch.setattr(catalogue, "CATALOGUE", (*CATALOGUE, Row("toy", GENERALIZATION_ERROR, twice_the_risk)))
    found = found_for("blind", "oracle")
    assert found.bounds[-1].name == "toy"
    assert found.bounds[-1].value == 2 * found.population_risk
