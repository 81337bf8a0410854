"""Dither in closed form: by quadrature over every random number of it, at all rates to 40 digits, and by raw data."""

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.scalar.sources import LaplaceSource
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate
from tests import seeds
from tests.compare import assert_close, assert_equals_reference, assert_mean
from tests.references import mp
from tests.tolerances import QUADRATURE

WEAK = LinearModel(80, 50, signal_variance=0.02)


class Given(np.random.Generator):
    """A generator whose uniform numbers are given."""

    numbers: Any = None

    def random(self, *_: Any, **__: Any) -> Any:
        return self.numbers


@pytest.mark.parametrize(("n", "d", "step"), [(12, 8, 0.7), (20, 4, 3.0)])
def test_quadrature_over_the_design_the_weights_and_the_dither_agrees(n: int, d: int, step: float) -> None:
    """Given q ~ chi^2_nu a weight's error is N(0, sigma^2 / q); the dither's integral is cut where the rounding jumps."""
    model = LinearModel(n, d, 0.7, signal_variance=0.4)
    channel = DitheredUniform.for_model(model, step=step)
    one = DitheredUniform(step, np.zeros(1), channel.source)
    x, x_weights = np.polynomial.hermite_e.hermegauss(12)
    y, y_weights = np.polynomial.legendre.leggauss(4)
    weights = np.outer(x_weights, x_weights) / x_weights.sum() ** 2

    def given(q: float, compressed: bool) -> float:
        true = np.sqrt(0.4) * x[:, None]
        w = true + np.sqrt(0.7 / q) * x
        if not compressed:
            return float((weights * (w - true) ** 2).sum())
        jump = step * (np.floor(w / step) + 0.5) - w  # in (-step / 2, step / 2]
        ends = np.stack([np.full_like(w, -step / 2), jump, np.full_like(w, step / 2)], axis=-1)
        half, middle = np.diff(ends)[..., None] / 2, (ends[..., 1:] + ends[..., :-1])[..., None] / 2
        rng = Given(np.random.PCG64())  # its numbers are given below
        rng.numbers = ((middle + half * y) / step + 0.5).reshape(*w.shape, -1, 1)
        found = one.compress(np.repeat(w[..., None], rng.numbers.shape[-2], axis=-1)[..., None], rng=rng)[..., 0]
        inner = ((half * y_weights).reshape(*w.shape, -1) * (found - true[..., None]) ** 2).sum(axis=-1) / step
        return float((weights * inner).sum())

    law = stats.chi2(n - d + 1)

    def mean(compressed: bool) -> float:
        def integrand(z: float) -> float:
            q = np.exp(z)
            return float(law.pdf(q)) * q * given(q, compressed)

        return float(integrate.quad(integrand, -24, 6, epsabs=0, epsrel=1e-11)[0])

    after, before = mean(True), mean(False)
    exact = risks(model, channel)
    assert_close(exact.excess_risk, d * after, QUADRATURE)
    assert abs(float(exact.population_risk_change) - d * (after - before)) < QUADRATURE * d * before


@pytest.mark.parametrize("bits", [0, 0.5, 1, 8, 16, 24, 30])
def test_the_change_keeps_its_digits_at_every_rate(bits: float) -> None:
    """At 30 bits 1 - a, taken from a, has no digit left, and the sign of the change would be wrong."""
    channel = DitheredUniform.for_model(WEAK, bits_per_weight=bits)
    v, t, source = mp.mpf(1) / 29, mp.mpf(WEAK.signal_variance), mp.mpf(channel.source.variance)
    error = mp.mpf(channel.step) ** 2 / 12 if bits else mp.inf
    delta = 1 / (1 + source / error) if bits else mp.mpf(1)
    exact = 50 * (delta**2 * t + delta * (1 - delta) * source - delta * (2 - delta) * v)
    found = risks(WEAK, channel)
    assert_equals_reference(found.population_risk_change, [exact], condition=[50 * delta * (t + v)])
    assert found.compression_helps


CORRELATED = LinearModel(30, 3, 0.7, signal_variance=0.05, covariance=[[1.0, 0.5, 0.0], [0.5, 4.0, 0.3], [0.0, 0.3, 0.5]])
RAW = [
    (WEAK, DitheredUniform.for_model(WEAK, bits_per_weight=1.0)),
    (CORRELATED, DitheredUniform(0.8, np.ones(3), LaplaceSource(0, 0.09))),
]


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("model", "channel"), RAW, ids=["one bit", "correlated"])
def test_raw_data_agree(model: LinearModel, channel: DitheredUniform) -> None:
    exact = risks(model, channel)
    (found,) = simulate(model, [channel], 10_000, seed=seeds.number(17)).compressed
    for name in ("distortion", "population_risk_change"):
        assert_mean(getattr(found, name), float(getattr(exact, name)))
