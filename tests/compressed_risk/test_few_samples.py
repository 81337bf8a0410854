"""Finite codebooks where least squares has an infinite risk, n in {d, d + 1}: one integral for d = 1, raw data for more."""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad

from linreg_compress.bounds.donsker_varadhan import centred_donsker_varadhan_bound, donsker_varadhan_bound
from linreg_compress.bounds.same_inputs import same_inputs_generalization_error
from linreg_compress.cli.main import main
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.least_squares.fit import weight_law
from linreg_compress.model import LinearModel
from tests import seeds
from tests.compare import assert_close, assert_sample_mean
from tests.tolerances import FLOAT, QUADRATURE

UNEVEN = CellQuantizer(np.array([-1.0, 0.2, 2.0]), np.array([-0.4, 1.0]))
SIGN = CellQuantizer(np.array([-0.5, 0.5]), np.array([0.0]))


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("code", [UNEVEN, SIGN])
def test_one_weight_equals_one_integral(n: int, code: CellQuantizer) -> None:
    """``E[G | u] = (n + 1) sigma^2 / (sigma^2 + u^2)``, and ``n L_S = |residual|^2 + G (What - W)^2``."""
    truth, s2 = 0.3, 0.6
    found = scalar_quantizer_risks(LinearModel(n, 1, s2, weights=[truth]), code)
    law = weight_law(LinearModel(n, 1, s2))

    def level(u: float) -> float:
        return float(code.levels[int(np.searchsorted(code.thresholds, truth + u))])

    def excess(u: float) -> float:
        return float(law.pdf(u) * (level(u) - truth) ** 2)

    def increase(u: float) -> float:
        return float(law.pdf(u) * (n + 1) / n * s2 / (s2 + u * u) * (level(u) - truth - u) ** 2)

    edges = [-np.inf, *(code.thresholds - truth), np.inf]
    for kernel, value in ((excess, found.excess_risk), (increase, found.distortion)):
        total = sum(quad(kernel, a, b, epsabs=0, epsrel=1e-12, limit=400)[0] for a, b in itertools.pairwise(edges))
        assert_close(value, total, QUADRATURE)
    assert_close(found.empirical_risk, s2 * (1 - 1 / n) + found.distortion, FLOAT)
    assert_close(found.generalization_error, found.population_risk - found.empirical_risk, FLOAT)
    if n < 3:
        assert found.population_risk_change == -np.inf
        assert found.weight_mse == np.inf
        assert found.normalized_distortion == 1.0
        assert found.compression_helps
    assert found.quadrature_error < 1e-9


@pytest.mark.monte_carlo
@pytest.mark.parametrize(
    ("model", "code"),
    [
        (LinearModel(2, 2), SIGN),
        (LinearModel(3, 2), SIGN),
        (LinearModel(5, 4, 0.5, weights=[0.3, 0.0, 0.0, -1.0]), UNEVEN),
        (LinearModel(3, 3, 2.0, signal_variance=0.3, weights=[0.3, 0.0, -1.0]), UNEVEN),
    ],
)
def test_risks_agree_with_raw_data(model: LinearModel, code: CellQuantizer) -> None:
    data = model.draw(60_000, rng=seeds.generator(12))
    transposed = data.features.swapaxes(1, 2)
    weights = np.linalg.solve(transposed @ data.features, transposed @ data.targets[..., None])[..., 0]
    chosen = code.compress(weights)
    fitted = (data.features @ chosen[..., None])[..., 0]
    found = scalar_quantizer_risks(model, code)
    empirical = ((data.targets - fitted) ** 2).mean(axis=1)
    population = model.noise_variance + ((chosen - data.true_weights) ** 2).sum(axis=1)
    assert_sample_mean(empirical, float(found.empirical_risk))
    assert_sample_mean(population - empirical, float(found.generalization_error))
    again = model.noise_variance + (((data.features @ (chosen - data.true_weights)[..., None])[..., 0]) ** 2).mean(axis=1)
    assert_sample_mean(again - empirical, same_inputs_generalization_error(model, code))


def test_the_sign_around_the_truth_has_a_risk_in_closed_form() -> None:
    found = scalar_quantizer_risks(LinearModel(2, 2), SIGN)
    assert_close(found.population_risk, 1.5, FLOAT)
    # E_3 |u| = 2 / pi and E_3 u^2 = 1 / nu: gen = -|c|^2 / n + (2/n) nu E u.c + nu E (u.c)^2 / n, two weights of |c| = 1/2
    nu = 1
    cross = 2 * 0.5 * 2 / np.pi
    square = 2 * 0.25 / nu + 2 * 0.25 * 2 / np.pi  # E_3 |u_1 u_2| = (2 / pi) E_3 1/q = 2 / pi
    assert_close(found.generalization_error, (-0.5 + 2 * nu * cross + nu * square) / 2, FLOAT)


@pytest.mark.parametrize("model", [LinearModel(3, 3), LinearModel(4, 3), LinearModel(2, 2, signal_variance=0.4)])
def test_bounds_hold_there(model: LinearModel) -> None:
    truth = scalar_quantizer_risks(model, UNEVEN).generalization_error
    information = scalar_quantizer_entropy(model, UNEVEN)
    assert 0 < information <= model.features * np.log(3)
    for bound in (donsker_varadhan_bound, centred_donsker_varadhan_bound):
        assert truth <= bound(model, UNEVEN, information).value < np.inf


def test_a_cauchy_weight_has_no_mean_and_an_infinite_variance() -> None:
    law = weight_law(LinearModel(3, 3, 4.0))
    assert np.isnan(law.mean())
    assert law.var() == law.std() == np.inf
    assert_close(law.ppf(0.75), 2.0, FLOAT)
    assert_close(law.cdf(2.0), 0.75, FLOAT)
    two = weight_law(LinearModel(4, 3))
    assert (two.mean(), two.var()) == (0.0, np.inf)


@pytest.mark.parametrize("options", [["lloyd-max", "--levels", "4"], ["uniform", "--step", "1"]])
def test_the_command_line_says_why_it_refuses(capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    for samples in ("50", "51"):
        assert main(["risk", "--samples", samples, "--features", "50", "--quantizer", *options]) == 2
        message = capsys.readouterr().err
        rule = "needs weights of finite variance, samples >= features + 2"
        assert f"--quantizer {options[0]} {rule}; got {samples} samples and 50 features. Use more samples, or " in message
