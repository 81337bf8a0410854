"""Quantizers of laws at the ends of the double range: those of the standard law, shifted and scaled, or a refusal."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.entropy_constrained import entropy_constrained
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sign import sign_quantizer
from linreg_compress.compression.scalar.sources import LaplaceSource, NormalSource, StudentTSource, SymmetricSource
from linreg_compress.compression.scalar.uniform import limited_uniform, optimal_uniform
from linreg_compress.errors import UnsupportedModelError
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT

DESIGNS: dict[str, Callable[[Any], CellQuantizer]] = {
    "lloyd-max-1": lambda source: lloyd_max(source, 1),
    "lloyd-max-2": lambda source: lloyd_max(source, 2),
    "lloyd-max-4": lambda source: lloyd_max(source, 4),
    "lloyd-max-7": lambda source: lloyd_max(source, 7),
    "sign": sign_quantizer,
    "uniform": lambda source: optimal_uniform(source, 4),
    "entropy-constrained": lambda source: entropy_constrained(source, 1.5),
}


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(("mean", "deviation"), [(1e7, 1.0), (-1e15, 8.0), (0.0, 1e-150), (1e15, 1e150), (3e-140, 1e-140)])
def test_a_far_or_tiny_law_has_the_levels_of_the_standard_one(design: str, mean: float, deviation: float) -> None:
    grid = np.spacing(abs(mean))  # half a step is what rounding to doubles costs
    laws: list[SymmetricSource] = [
        NormalSource(mean, deviation**2),
        LaplaceSource(mean, deviation**2),
        StudentTSource(31.0, deviation * np.sqrt(29 / 31), mean),
    ]
    units: list[SymmetricSource] = [NormalSource(), LaplaceSource(), StudentTSource(31.0, np.sqrt(29 / 31))]
    for law, unit in zip(laws, units, strict=True):
        found, known = DESIGNS[design](law), DESIGNS[design](unit)
        for points, standard in ((found.levels, known.levels), (found.thresholds, known.thresholds)):
            assert points.size == standard.size
            off = np.abs((points - mean) - deviation * standard)
            assert (off <= grid / 2 + 1e-9 * deviation * (1 + np.abs(standard))).all()


def test_max_1960_around_ten_million() -> None:
    assert_close(lloyd_max(NormalSource(1e7, 1.0), 4).levels - 1e7, [-1.510418, -0.4527800, 0.4527800, 1.510418], 2e-6)


@pytest.mark.parametrize("design", ["lloyd-max-4", "sign", "uniform", "entropy-constrained"])
def test_levels_that_doubles_cannot_tell_are_refused(design: str) -> None:
    law = NormalSource(1e15, 1e-20)
    assert_refused(lambda: DESIGNS[design](law), "Subtract the mean from the weights", error=UnsupportedModelError)


def test_a_scale_whose_variance_leaves_the_doubles_is_refused() -> None:
    for scale in (1e-170, 1e170):
        assert_refused(lambda: StudentTSource(5.0, scale), "scale must leave a variance")  # noqa: B023
    assert StudentTSource(5.0, 1e-150).variance == pytest.approx(5e-300 / 3, rel=FLOAT)


def test_a_codebook_has_a_stated_limit() -> None:
    for call in (lambda: lloyd_max(NormalSource(), 10**10), lambda: limited_uniform(1.0, 10**10)):
        assert_refused(call, "levels must be a whole number of at most 1048576; got 10000000000")
