"""Folds made from moments against folds made from rows."""

import numpy as np
import pytest

from linreg_compress.advice.cross_fitting import Measured, cross_fit
from linreg_compress.advice.design import prepare
from linreg_compress.advice.quantizers import code, quantize_batch

RNG = np.random.default_rng(7)
X = RNG.standard_normal((53, 6)) * [1, 10, 0.1, 1, 1, 1] + [0, 100, 0, 5, 0, 0]
Y = X @ [0.5, 0.05, 2.0, 0.0, -0.3, 0.0] + RNG.standard_normal(53) + 20
NAMES = list("abcdef")
NAMED = ("lloyd-max", "kmeans", "diameter-kmeans", "gptq")


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("standardize", [False, True])
def test_differences_are_those_of_refitting_row_by_row(intercept: bool, standardize: bool) -> None:
    design = prepare(X, Y, NAMES, "y", intercept=intercept, standardize=standardize)
    found = cross_fit(design, NAMED, [2, 4], 2, seed=5)
    expected: dict[tuple[str, int], list[float]] = {key: [] for key in found}
    added: dict[tuple[str, int], list[float]] = {key: [] for key in found}
    for repeat in range(2):
        rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(5, spawn_key=(1, repeat))))
        for fold in np.array_split(rng.permutation(53), 10):
            rest = np.setdiff1d(np.arange(53), fold)
            mean, level = (X[rest].mean(0), Y[rest].mean()) if intercept else (np.zeros(6), 0.0)
            scale = np.sqrt(((X[rest] - mean) ** 2).sum(0) / (len(rest) - intercept)) if standardize else np.ones(6)
            train, test = (X[rest] - mean) / scale, (X[fold] - mean) / scale
            weights = np.linalg.lstsq(train, Y[rest] - level, rcond=None)[0]
            before = np.mean((Y[fold] - level - test @ weights) ** 2)
            for name in NAMED:
                coded = quantize_batch(name, weights[None], [2, 4], train.T @ train, len(rest) - intercept)
                for k in (2, 4):
                    after = np.mean((Y[fold] - level - test @ coded[k][0]) ** 2)
                    expected[name, k].append(float(after - before))
                    lost = train @ (coded[k][0] - weights)
                    added[name, k].append(float(lost @ lost) / (len(rest) - intercept))
            expected["mean", 0].append(float(np.mean((Y[fold] - level) ** 2) - before))
    for key, values in expected.items():
        if key[0] != "ridge":
            np.testing.assert_allclose(np.sort(found[key].differences), np.sort(values), rtol=1e-7, atol=1e-10)
        if added[key]:
            assert found[key].increase == pytest.approx(np.mean(added[key]), rel=1e-8)


def test_threads_do_not_change_the_answer() -> None:
    design = prepare(X, Y, NAMES, "y")
    one, two = (cross_fit(design, ["gptq"], [4], 3, workers=workers)["gptq", 4] for workers in (1, 2))
    np.testing.assert_array_equal(one.differences, two.differences)
    assert one.increase == two.increase


def test_the_interval_of_nadeau_and_bengio() -> None:
    measured = Measured(np.array([1.0, 2.0, 3.0, 6.0]), 0.5, 1 / 9)
    assert measured.change == 3.0
    error = np.sqrt(14 / 3 * (1 / 4 + 1 / 9))
    assert measured.standard_error == pytest.approx(error, rel=1e-14)
    low, high = measured.interval(0.9)
    assert (high - low) / 2 == pytest.approx(2.353363434801824 * error, rel=1e-9)  # t with 3 degrees of freedom


def test_batches_quantize_like_the_kept_weights() -> None:
    from linreg_compress.advice.fitting import fit_moments

    design = prepare(X, Y, NAMES, "y", standardize=False)
    fitted = fit_moments(design.moments(), 53, design)
    for name in ("lloyd-max", "uniform", "gptq", "kmeans", "hessian-kmeans"):
        for k in (1, 2, 4, 8):
            coded = quantize_batch(name, fitted.weights[None], [k], fitted.gram, fitted.samples)[k][0]
            np.testing.assert_allclose(code(name, fitted, k).weights, coded, rtol=1e-9, atol=1e-12)
