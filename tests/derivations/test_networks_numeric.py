"""Derivations about networks: the proved formulas against a network's own derivatives and a least-squares fit."""

import numpy as np
import pytest
import sympy as sp

import linreg_compress as lc
from linreg_compress.derivations.networks.quadratic_loss_expansion import quadratic_loss_expansion
from linreg_compress.derivations.networks.relu_network_hessian_diagonal import relu_network_hessian_diagonal
from linreg_compress.networks import ReluNetwork
from tests.tolerances import FLOAT


def test_the_diagonal_is_the_variance_of_the_slopes_of_the_logits() -> None:
    rng = np.random.default_rng(11)
    network = ReluNetwork([rng.standard_normal((3, 5)), rng.standard_normal((5, 4))], [rng.standard_normal(5), np.zeros(4)])
    row = rng.standard_normal((1, 3))
    chance = np.exp(network.logits(row)[0])
    chance /= chance.sum()
    names = (sp.Symbol("m", real=True), sp.Symbol("q", positive=True))
    formula = sp.lambdify(names, relu_network_hessian_diagonal().result)
    found = network.hessian_diagonal(row, [0]).weights[0]
    open_units = (row @ network.weights[0] + network.biases[0])[0] > 0
    compared = 0
    for i, j in np.ndindex(found.shape):
        slopes = row[0, i] * open_units[j] * network.weights[1][j]  # of the logits, by the chain rule
        expected = formula(float(chance @ slopes), float(chance @ slopes**2))
        assert found[i, j] == pytest.approx(expected, rel=1e-12, abs=1e-15)
        compared += bool(expected)
    assert compared >= 3


def test_the_rise_of_the_training_loss_is_half_the_curvature_times_the_square() -> None:
    rng = np.random.default_rng(12)
    X, y = rng.standard_normal((9, 3)), rng.standard_normal(9)
    weights, step = np.linalg.lstsq(X, y)[0], rng.standard_normal(3)
    moved = lc.empirical_risk(X, y, weights + 0.7 * step) - lc.empirical_risk(X, y, weights)
    result = quadratic_loss_expansion().result
    values = {"t": 0.7, "A": float(step @ X.T @ X @ step), "n": 9}
    expected = float(result.subs({symbol: values[symbol.name] for symbol in result.free_symbols}))
    assert float(moved) == pytest.approx(expected, rel=100 * FLOAT)
    importance = lc.hessian_importance(X.T @ X, 9)
    for weight in range(3):
        alone = weights + 0.7 * np.eye(3)[weight]
        rise = lc.empirical_risk(X, y, alone) - lc.empirical_risk(X, y, weights)
        assert float(rise) == pytest.approx(importance[weight] * 0.7**2 / 2, rel=100 * FLOAT)
