"""No compression."""

import numpy as np

from linreg_compress.compression.identity import Identity


def test_identity_returns_the_very_weights() -> None:
    weights = np.random.default_rng(0).standard_normal((4, 3))
    found = Identity().compress(weights, rng=np.random.default_rng(1))
    assert np.array_equal(found, weights)
    assert not Identity().needs_gram
    assert Identity().name == "identity"


def test_identity_draws_nothing() -> None:
    rng = np.random.default_rng(2)
    Identity().compress(np.ones(3), rng=rng)
    assert rng.random() == np.random.default_rng(2).random()
