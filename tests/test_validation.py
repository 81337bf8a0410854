"""The checks that every public function shares, and the errors that they raise."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from linreg_compress import _validation as valid
from linreg_compress.errors import DesignError, InvalidInputError, LinregCompressError, UnsupportedModelError
from tests.compare import assert_refused

Check = Callable[[str, Any], Any]

BAD: list[tuple[Check, Any, str]] = [
    (valid.numbers, "x", "p must be made of real numbers; got 'x'."),
    (valid.numbers, 1j, "p must be made of real numbers; got 1j."),
    (valid.numbers, [1.0, None], "p must be made of real numbers; got [1.0, None]."),
    (valid.numbers, [True], "p must be made of real numbers; got [True]."),
    (valid.numbers, [1.0, np.nan], "p must be finite; got nan. Remove or replace NaN and infinities."),
    (valid.numbers, np.float32("inf"), "p must be finite; got inf."),
    (valid.positive, [1.0, 0.0], "p must be positive; got 0.0."),
    (valid.positive, -5e-324, "p must be positive; got -5e-324."),
    (valid.nonnegative, [0.0, -1e-300], "p must be zero or positive; got -1e-300."),
    (valid.probabilities, [0.5, 1.0000001], "p must lie between 0 and 1; got 1.0000001."),
    (valid.probabilities, -0.1, "p must lie between 0 and 1; got -0.1."),
    (valid.counts, [3, 2.5], "p must be a whole number of at least 1; got 2.5."),
    (valid.counts, [3, 0], "p must be a whole number of at least 1; got 0"),
    (valid.count, [3], "p must be one whole number; got [3]."),
    (valid.positive_number, [3.0], "p must be one number; got an array of shape (1,)."),
    (valid.share, 0.0, "p must be positive; got 0.0."),
    (valid.share, 1.0000001, "p must be a share of at most 1; got 1.0000001. Write 5 % as 0.05."),
    (valid.nonnegative_number, np.zeros((2, 2)), "p must be one number; got an array of shape (2, 2)."),
]


@pytest.mark.parametrize(("check", "value", "message"), BAD)
def test_an_illegal_value_is_refused_with_rule_and_value(check: Check, value: Any, message: str) -> None:
    assert_refused(lambda: check("p", value), message)


GOOD: list[tuple[Check, Any, Any]] = [
    (valid.share, 1, 1.0),
    (valid.numbers, [1, 2], [1.0, 2.0]),
    (valid.positive, 5e-324, 5e-324),
    (valid.nonnegative, [0, 0.5], [0.0, 0.5]),
    (valid.probabilities, [0, 1], [0.0, 1.0]),
    (valid.counts, [1, 1e6], [1.0, 1e6]),
    (valid.count, 7.0, 7),
    (valid.positive_number, np.float32(0.5), 0.5),
    (valid.nonnegative_number, 0, 0.0),
]


@pytest.mark.parametrize(("check", "value", "expected"), GOOD)
def test_a_legal_value_passes_as_doubles(check: Check, value: Any, expected: Any) -> None:
    found = check("p", value)
    assert np.asarray(found).tolist() == expected
    assert np.asarray(found).dtype in {np.dtype(float), np.dtype(int)}


def test_a_hint_ends_the_message() -> None:
    assert_refused(lambda: valid.positive("p", -1.0, "Try 1."), "p must be positive; got -1.0. Try 1.")


def test_a_long_value_is_cut_short() -> None:
    with pytest.raises(InvalidInputError) as caught:
        valid.numbers("p", ["x"] * 10**5)
    assert len(str(caught.value)) < 120
    assert "..." in str(caught.value)


def test_vectors_and_covariances_are_copied_and_read_only() -> None:
    source = np.ones(2)
    for found in (valid.vector("p", source, 2), valid.covariance("p", source, 2)):
        source[0] = 5.0
        assert not found.flags.writeable
        assert found.flat[0] == 1.0
        source[0] = 1.0


def test_a_covariance_may_lose_a_rounding_of_symmetry() -> None:
    skewed = np.array([[1.0, 0.5], [0.5 + 1e-14, 1.0]])
    found = valid.covariance("p", skewed, 2)
    assert found[0, 1] == found[1, 0]
    assert_refused(lambda: valid.covariance("p", skewed + np.array([[0, 1e-3], [0, 0]]), 2), "must be symmetric", "0.001")


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_positive_definiteness_does_not_depend_on_the_unit(scale: float) -> None:
    assert valid.covariance("p", scale * np.array([1.0, 1e-6]), 2)[1, 1] == scale * 1e-6
    singular = scale * np.ones((2, 2))
    assert_refused(lambda: valid.covariance("p", singular, 2), "positive definite", "smallest eigenvalue")


def test_an_eigenvalue_that_is_a_rounding_of_the_largest_is_none() -> None:
    eps = np.finfo(float).eps
    near, apart = (np.array([[1.0, 1 - many * eps], [1 - many * eps, 1.0]]) for many in (2, 16))
    assert_refused(lambda: valid.covariance("p", near, 2), "positive definite; got correlations with a smallest eigenvalue")
    assert valid.covariance("p", apart, 2)[0, 0] == 1.0


@pytest.mark.parametrize("ratio", [1e-9, 1e-18, 1e-250])
def test_positive_definiteness_does_not_depend_on_the_scale_of_a_feature(ratio: float) -> None:
    scale = np.array([1.0, np.sqrt(ratio)])
    for rho in (0.0, 0.6, -0.999):
        given = np.array([[1.0, rho], [rho, 1.0]]) * np.outer(scale, scale)
        np.testing.assert_array_equal(valid.covariance("p", given, 2), given)
    assert_refused(
        lambda: valid.covariance("p", np.outer(scale, scale), 2), "p must be positive definite; got correlations"
    )
    for bad in (0.0, -ratio):
        words = f"p must be positive definite; got a diagonal entry of {bad:.3g}. Drop redundant features."
        assert_refused(partial(valid.covariance, "p", [1.0, bad], 2), words)


def test_no_feature_has_no_covariance() -> None:
    assert_refused(lambda: valid.covariance("p", [], 0), "p must not be empty; got shape (0,).")
    assert_refused(lambda: valid.covariance("p", np.zeros((0, 0)), 0), "p must not be empty; got shape (0, 0).")


def test_choice_names_the_options() -> None:
    assert valid.choice("kind", "a", ("a", "b")) == "a"
    assert_refused(lambda: valid.choice("kind", "c", ("a", "b")), "kind must be one of a, b; got 'c'.")


def test_every_error_is_a_value_error_and_keeps_its_parts() -> None:
    for kind in (InvalidInputError, UnsupportedModelError, DesignError):
        assert issubclass(kind, LinregCompressError)
        assert issubclass(kind, ValueError)
    error = InvalidInputError("samples", "must be positive", -1, "Count rows.")
    assert (error.parameter, error.rule, error.value, error.hint) == ("samples", "must be positive", -1, "Count rows.")
    assert error.describe("--samples") == "--samples must be positive; got -1. Count rows."


def test_sizes_without_finite_weights_are_refused_with_the_first_of_them() -> None:
    for n, d in ((3, 1), (np.array([9, 8]), 6), (valid.MOST, 7)):
        valid.require_finite_weights("a code", n, d)
    for n, d in ((2, 1), (np.array([9, 8, 7]), 6), (1, 7)):
        with pytest.raises(UnsupportedModelError) as refused:
            valid.require_finite_weights("a code", n, d, instead="another code")
        few, many = np.min(n), np.max(d)
        assert str(refused.value) == (
            f"a code needs weights of finite variance, samples >= features + 2; got {few} samples and {many} features. "
            "Use more samples, or another code."
        )
