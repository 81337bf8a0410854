"""What is shipped: sizes, and the arrays."""

from typing import Any

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.advice.design import prepare
from linreg_compress.advice.shipping import shipped
from linreg_compress.compression.channel import Coded
from linreg_compress.least_squares.moments import fit_table


def table(columns: int = 12, rows: int = 90) -> tuple[Any, Any]:
    rng = np.random.default_rng(11)
    x = rng.standard_normal((rows, columns)) * np.linspace(1, 50, columns) + np.arange(columns)
    return x, x @ (rng.standard_normal(columns) / x.std(axis=0)) + rng.standard_normal(rows) + 3


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("intercept", [False, True])
def test_shipped_weights_predict_what_quantized_weights_do(standardize: bool, intercept: bool) -> None:
    x, y = table()
    found = lc.advise(x, y, bits=[3], quantizers=["lloyd-max"], repeats=1, standardize=standardize, intercept=intercept)
    parts, design, fitted = found.shipped, found.design, found.fitted
    assert sorted(set(parts.indices.tolist())) == list(range(len(parts.table)))
    weights = parts.table[parts.indices]
    z = (x - design.means) / design.scales
    shift = fitted.shifts if intercept else 0.0
    expected = (z - shift) / fitted.units @ weights + design.target_mean
    np.testing.assert_allclose(x @ parts.slopes + parts.intercept, expected, rtol=1e-9, atol=1e-9)
    assert np.allclose(parts.scales, 1) is not standardize
    if not intercept:
        assert parts.intercept == 0.0


@pytest.mark.parametrize(
    ("d", "bits", "standardize", "expected"),
    [(3, 1, True, (1, 8, 12, 4, 16)), (64, 3, False, (24, 32, 0, 4, 260)), (9, 12, True, (14, 36, 36, 4, 40))],
)
def test_bytes(d: int, bits: int, standardize: bool, expected: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    names = [str(k) for k in range(d)]
    design = prepare(rng.standard_normal((99, d)), rng.standard_normal(99), names, "y", standardize=standardize)
    fitted, design = fit_table(design)
    found = shipped(design, fitted, Coded(np.ones(d), np.arange(2.0**bits), np.arange(d) % min(2**bits, d)), bits)
    assert (*found.size.values(), found.float32) == expected
    assert list(found.size) == ["indices", "levels", "column scales", "intercept"]
    assert found.indices.tolist() == [k % min(2**bits, d) for k in range(d)]
