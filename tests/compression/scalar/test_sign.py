"""One bit a weight."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sign import sign_of_weights, sign_quantizer
from linreg_compress.compression.scalar.sources import (
    LaplaceSource,
    NormalSource,
    StudentTSource,
    SymmetricSource,
    squared_error,
)
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT


@pytest.mark.parametrize(
    ("source", "scale"),
    [
        (NormalSource(0.0, 4.0), 2 * np.sqrt(2 / np.pi)),
        (LaplaceSource(1.0, 2.0), 1.0),
        (StudentTSource(3.0), 2 * np.sqrt(3) / np.pi),
    ],
)
def test_scale_is_the_mean_absolute_deviation(source: SymmetricSource, scale: float) -> None:
    found = sign_quantizer(source)
    assert_close(found.levels - source.mean, [-scale, scale], FLOAT)
    assert_close(squared_error(source, found), source.variance - scale**2, FLOAT)
    assert_close(found.levels, lloyd_max(source, 2).levels, FLOAT)


weights = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20)


@given(values=weights, seed=st.integers(0, 99), center=st.floats(-10, 10))
def test_no_other_scale_is_better(values: list[float], seed: int, center: float) -> None:
    w = np.array(values)
    h = np.random.default_rng(seed).random(w.size)
    found = sign_of_weights(w, h, center)
    scale = float(found.levels[1] - center)

    def objective(s: float) -> float:
        return float(h @ (w - center - s * np.where(w > center, 1.0, -1.0)) ** 2)

    for factor in (0.9, 0.999, 1.001, 1.1):
        assert objective(scale) <= objective(scale * factor) * (1 + FLOAT) + FLOAT
    assert_close(scale, np.average(np.abs(w - center), weights=h), 1e-9)


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: sign_of_weights([]), "weights must be a vector of at least one weight; got shape (0,)"),
    (lambda: sign_of_weights([1.0, np.nan]), "weights must be finite; got nan"),
    (lambda: sign_of_weights([1.0], [-1.0]), "importance must be zero or positive; got -1.0"),
    (lambda: sign_of_weights([1.0], [0.0]), "importance must not be zero everywhere; got 0.0"),
    (lambda: sign_of_weights([1.0], [1.0, 2.0]), "importance must hold one number a weight, 1; got shape (2,)"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    assert_refused(call, message)
