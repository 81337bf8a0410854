"""Entropies of quantized weights against sums over cells in 40 digits: the finest and widest steps, far thresholds."""

from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats

from linreg_compress.bounds.donsker_varadhan import donsker_varadhan_bound
from linreg_compress.compressed_risk.cell_entropy import ScaleMixture, entropy_of_masses
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.model import LinearModel
from tests.compare import assert_close, assert_equals_reference
from tests.references import mp
from tests.tolerances import FLOAT, QUADRATURE


def above(nu: int, x: Any) -> Any:
    """P(W - w* > x) for x >= 0, sigma = 1."""
    return mp.betainc(mp.mpf(nu) / 2, mp.mpf(1) / 2, 0, 1 / (1 + mp.mpf(x) ** 2), regularized=True) / 2


def test_density_and_masses_count_every_node() -> None:
    one = ScaleMixture.normal(0.7)
    two = ScaleMixture(np.array([0.7, 3.0]), np.array([0.75, 0.25]), 1.0, 5.0)
    x = np.array([0.0, 0.3, -2.0, 9.0])
    narrow, wide = stats.norm.pdf(x, scale=0.7), stats.norm.pdf(x, scale=3.0)
    assert_close(one.density(x), narrow, FLOAT)
    assert_close(two.density(x), 0.75 * narrow + 0.25 * wide, FLOAT)


def steps_entropy(nu: int, step: float, phase: float, cells: int) -> Any:
    h, phase = mp.mpf(step), mp.mpf(phase)
    outside = above(nu, h / 2 - phase) + above(nu, h / 2 + phase)
    total = -(1 - outside) * mp.log1p(-outside)
    for side in (-1, 1):
        tails = [above(nu, (k + mp.mpf(1) / 2) * h + side * phase) for k in range(cells + 1)]
        total -= mp.fsum((a - b) * mp.log(a - b) for a, b in pairwise(tails))
    return total


@pytest.mark.parametrize(
    ("n", "d", "step", "center", "cells"),
    [
        (4, 1, 1e4, 0.0, 400),
        (4, 1, 1e5, 0.3e5, 400),
        (80, 50, 10.0, 0.0, 5),
        (80, 50, 3.0, -0.4, 8),
        (12, 8, 30.0, 11.0, 200),
        (12, 8, 3.0, 0.7, 400),
        (300, 20, 0.02, 0.007, 60),
    ],
)
def test_entropy_of_steps_equals_a_sum_over_cells(n: int, d: int, step: float, center: float, cells: int) -> None:
    found = scalar_quantizer_entropy(LinearModel(n, d), UniformQuantizer(step, center))
    assert assert_equals_reference([found], [d * steps_entropy(n - d + 1, step, -center, cells)], tolerance=1e-11) == 1


def test_the_widest_steps_follow_the_tail_of_the_law() -> None:
    """``P(|W| > H / 2)`` is a power of H there, and the entropy is a sum over powers of k."""
    for n, d, step, right in (
        (5, 3, 1e9, 6.39960365971e-25),
        (5, 3, 1e10, 7.10322183464e-28),
        (4, 1, 1e5, 2.76154658305e-18),
    ):
        assert_close(scalar_quantizer_entropy(LinearModel(n, d), UniformQuantizer(step)), right, 1e-11)
    assert scalar_quantizer_entropy(LinearModel(80, 50), UniformQuantizer(1e40)) == np.finfo(float).tiny  # rounded up


@pytest.mark.parametrize(("n", "d"), [(3, 3), (4, 3), (5, 3), (80, 50)])
def test_the_finest_steps_have_the_differential_entropy(n: int, d: int) -> None:
    h = mp.mpf(n - d + 1) / 2
    differential = (h + 0.5) * (mp.digamma(h + 0.5) - mp.digamma(h)) + mp.log(mp.beta(h, 0.5))  # of z / sqrt(q)
    for step in (1e-12, 1e-60, 1e-300):
        found = scalar_quantizer_entropy(LinearModel(n, d), UniformQuantizer(step))
        assert_equals_reference([found], [d * (differential - mp.log(step))])


@given(
    nu=st.integers(3, 40), steps=st.floats(-4, 3), signal=st.sampled_from([0.0, 0.03]), whole=st.integers(-(10**9), 10**9)
)
@settings(max_examples=6, deadline=None)
def test_whole_steps_of_the_mean_change_nothing(nu: int, steps: float, signal: float, whole: int) -> None:
    """A power of two keeps the shifted mean exact; the bound groups cells around the mean as well."""
    step = 2.0 ** round(steps)
    models = [
        LinearModel(nu + 1, 2, 1.0, signal_variance=signal, weights=np.array([0.25, -1.375]) + at)
        for at in (0, whole * step)
    ]
    codes = [UniformQuantizer(step, 0.125), UniformQuantizer(step, 0.125 - 3 * step)]
    entropies = [scalar_quantizer_entropy(model, code) for model in models for code in codes]
    assert_close(entropies, entropies[0], 1e-11)
    risks = [scalar_quantizer_risks(model, codes[0]) for model in models]
    assert_close(risks[1].population_risk, risks[0].population_risk, 1e-11)
    bounds = [donsker_varadhan_bound(model, codes[0], 0.7).value for model in models]
    assert_close(bounds, bounds[0], QUADRATURE)


def test_cells_with_far_and_close_thresholds() -> None:
    nu, model = 4, LinearModel(4, 1)
    far = CellQuantizer(np.array([0.0, 1.0, 2.0]), np.array([1e6, 1e6 * (1 + 2.0**-30)]))
    tails = [above(nu, mp.mpf(edge)) for edge in far.thresholds.tolist()]
    p = [tails[0] - tails[1], tails[1]]
    exact = -(1 - tails[0]) * mp.log1p(-tails[0]) - mp.fsum(x * mp.log(x) for x in p)
    assert assert_equals_reference([scalar_quantizer_entropy(model, far)], [exact], tolerance=1e-11) == 1
    left = CellQuantizer(-far.levels[::-1], -far.thresholds[::-1])
    assert_close(scalar_quantizer_entropy(model, left), scalar_quantizer_entropy(model, far), 1e-12)
    assert scalar_quantizer_entropy(model, CellQuantizer(np.array([0.3]), np.array([]))) == 0
    assert_close(entropy_of_masses(np.array([1e-300, 1.0])), 1e-300 * (1 + 300 * np.log(10)), 1e-12)


@pytest.mark.parametrize("model", [LinearModel(80, 50), LinearModel(12, 8, signal_variance=0.1), LinearModel(4, 1)])
@pytest.mark.parametrize("deviations", [1e-12, 0.001, 0.01, 10.0, 1e10])
def test_bounds_of_fine_and_wide_steps_are_above_the_truth(model: LinearModel, deviations: float) -> None:
    code = UniformQuantizer(deviations * float(np.sqrt(model.weight_variance)))
    truth = scalar_quantizer_risks(model, code)
    bound = donsker_varadhan_bound(model, code, scalar_quantizer_entropy(model, code)).value
    assert truth.generalization_error <= bound <= truth.population_risk


@pytest.mark.parametrize("noise", [0.01, 4.0])
def test_nodes_of_a_weight_reach_beyond_the_farthest_edge(noise: float) -> None:
    """To where ``exp(-40)`` of a tail is left, from ``q^(nu/2)``: that is ``exp(40 / nu)`` times as far."""
    law = ScaleMixture.of_weight(30, noise, 0.0, 50 * np.sqrt(noise))
    assert 0.95 <= law.deviations.max() / (50 * np.sqrt(noise) * np.exp(40 / 30)) <= 1.05
