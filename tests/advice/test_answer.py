"""The function ``advise``: what it takes."""

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest

from linreg_compress.advice.answer import advise
from linreg_compress.errors import InvalidInputError
from tests.compare import assert_refused

RNG = np.random.default_rng(4)
X = RNG.standard_normal((40, 3))
Y = X[:, 0] + RNG.standard_normal(40)
QUICK: dict[str, Any] = {"quantizers": ["lloyd-max"], "bits": [2], "repeats": 1}


def test_arrays_lists_and_frames_give_the_same() -> None:
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    whole = frame.assign(y=Y)
    series = pd.Series(Y, name="y")
    made = [
        advise(X, Y, names=["a", "b", "c"], target_name="y", **QUICK),
        advise(X.tolist(), Y.tolist(), names="abc", target_name="y", **QUICK),
        advise(frame, series, **QUICK),
        advise(whole, "y", **QUICK),
        advise(frame, Y, target_name="y", **QUICK),
    ]
    for one in made:
        assert one.record() == made[0].record()
        assert one.design.names == ("a", "b", "c")


def test_whole_numbers_and_truth_values_are_numbers() -> None:
    frame = pd.DataFrame({"a": X[:, 0], "n": np.arange(40) ** 2 % 7, "b": X[:, 1] > 0, "y": Y})
    assert advise(frame, "y", **QUICK).columns == 3


def test_the_input_is_left_as_it_is() -> None:
    features, targets = X.copy(), Y.copy()
    advise(features, targets, **QUICK)
    np.testing.assert_array_equal(features, X)
    np.testing.assert_array_equal(targets, Y)


def test_one_column_will_do() -> None:
    advice = advise(X[:, :1], Y, bits=[1, 4], repeats=1)
    assert advice.columns == 1
    assert all(np.isfinite(point.predicted_change) for point in advice.curve)


def missing() -> Any:
    features = X.copy()
    features[7, 1] = np.nan
    return features


@pytest.mark.parametrize(
    ("features", "targets", "settings", "fragments"),
    [
        (missing(), Y, {}, ("features", "row 7 of 'column 1'", "nan")),
        (X * [1, 1, 1e200], Y, {"names": ["a", "b", "c"]}, ("at most 1e+50", "of 'c'")),
        (X, np.where(np.arange(40) == 3, np.inf, Y), {}, ("targets", "row 3 of 'target'", "inf")),
        (pd.DataFrame({"a": ["red"] * 40, "b": Y}), Y, {}, ("row 0 of 'a'", "'red'")),
        (pd.DataFrame({"a": Y}), "price", {}, ("must be a column of the data frame", "'price'", "['a']")),
        (X, "price", {}, ("can be a name only for a data frame",)),
        (X, Y[:-1], {}, ("must hold one number a row, 40 in all", "(39,)")),
        (Y, Y, {}, ("must have shape (rows, columns)", "(40,)")),
        (X, Y, {"names": ["a"]}, ("must be one a column, 3 in all", "1")),
        ([[1.0], [1.0, 2.0]], [1.0, 2.0], {}, ("not rows of different lengths",)),
        (X, Y, {"quantizers": []}, ("quantizers must name at least one",)),
        (X, Y, {"quantizers": ["best"]}, ("quantizers must be one of lloyd-max",)),
        (X, Y, {"bits": [13]}, ("from 1 to 12", "13")),
        (X, Y, {"bits": []}, ("from 1 to 12", "none")),
        (X, Y, {"tolerance": -1}, ("tolerance must be positive",)),
        (X.astype(complex), Y, {}, ("must be made of real numbers",)),
    ],
)
def test_refusals(features: Any, targets: Any, settings: dict[str, Any], fragments: tuple[str, ...]) -> None:
    assert_refused(lambda: advise(features, targets, **{**QUICK, **settings}), *fragments, error=InvalidInputError)


def test_pandas_is_not_needed() -> None:
    code = "import sys; sys.modules['pandas'] = None; import linreg_compress as lc; lc.advise"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
