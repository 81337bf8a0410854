"""The images of digits, and what is said where scikit-learn is not installed."""

import sys

import pytest

from linreg_compress.errors import LinregCompressError
from linreg_compress.networks import load_digits


def test_the_digits_are_standardized_as_one() -> None:
    inputs, labels = load_digits()
    assert inputs.shape == (1797, 64)
    assert float(inputs.mean()) == pytest.approx(0.0, abs=1e-12)
    assert float(inputs.var()) == pytest.approx(1.0, rel=1e-12)
    assert sorted(set(labels.tolist())) == list(range(10))


def test_without_scikit_learn_the_message_says_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(
        LinregCompressError, match=r"^the images of digits need scikit-learn: pip install 'linreg-compress\[networks\]'$"
    ):
        load_digits()
