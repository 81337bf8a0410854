"""The images of digits, and what is said where scikit-learn is not installed."""

import sys

import numpy as np
import pytest

from linreg_compress.errors import LinregCompressError
from linreg_compress.networks import load_digits


def test_the_digits_are_images_of_ten_classes_between_zero_and_one() -> None:
    inputs, labels = load_digits()
    assert inputs.shape == (1797, 64)
    assert (float(inputs.min()), float(inputs.max())) == (0.0, 1.0)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_without_scikit_learn_the_message_says_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(LinregCompressError, match=r"^the images of digits need scikit-learn: pip install scikit-learn$"):
        load_digits()
