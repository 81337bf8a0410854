"""What every channel does with the arrays that it is given: one table, into which a new channel goes as a row."""

import copy
import inspect
import pickle
from functools import partial
from typing import Any

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.compression.scalar.entropy_constrained import EntropyConstrainedQuantizer
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from tests.compare import assert_refused
from tests.public import PUBLIC

MODEL = lc.LinearModel(samples=20, features=3, covariance=[[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 2.0]])
PLAIN = lc.LinearModel(samples=20, features=3)
SOURCE = lc.NormalSource(0.0, PLAIN.weight_variance)
CHANNELS: dict[str, Any] = {
    "Identity": lc.Identity(),
    "LinearChannel": lc.LinearChannel(0.5, 0.1, [0.0, 1.0, 2.0]),
    "BlindGaussianChannel": lc.BlindGaussianChannel.for_model(MODEL, 2.0),
    "AwareGaussianChannel": lc.AwareGaussianChannel.for_model(MODEL, 2.0),
    "PerWeightGaussianChannel": lc.PerWeightGaussianChannel.for_model(MODEL, 2.0),
    "DitheredUniform": lc.DitheredUniform.for_model(PLAIN, 2.0),
    "UniformQuantizer": lc.UniformQuantizer(0.1, [0.0, 0.01, 0.02]),
    "CellQuantizer": lc.lloyd_max(SOURCE, 4),
    "EntropyConstrainedQuantizer": lc.entropy_constrained(SOURCE, 1.0),
    "RidgeShrinkage": lc.RidgeShrinkage(1.0),
    "KMeansQuantizer": lc.KMeansQuantizer(2),
    "DiameterKMeansQuantizer": lc.DiameterKMeansQuantizer(2, samples=20),
    "SuccessiveQuantizer": lc.SuccessiveQuantizer(lc.UniformQuantizer(0.1)),
    "MagnitudePruning": lc.compression.MagnitudePruning(2),
    "OptimalBrainSurgeon": lc.compression.OptimalBrainSurgeon(2),
}
NAMES = list(CHANNELS)
GRAM = np.array([[9.0, 1.0, 0.0], [1.0, 8.0, 1.0], [0.0, 1.0, 7.0]])
WEIGHTS = np.array([[0.1, -0.2, 0.3], [0.4, 0.0, -0.1]])


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_table_holds_every_channel() -> None:
    found = {name for name, kind in PUBLIC.items() if inspect.isclass(kind) and hasattr(kind, "compress")}
    assert found - set(NAMES) == {"Channel", "ScalarQuantizer"} & found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_no_channel_takes_what_is_not_finite(name: str, bad: float) -> None:
    for weights in (np.array([0.1, bad, 0.2]), [[0.1, 0.2, 0.3], [0.1, 0.2, bad]]):
        assert_refused(
            partial(CHANNELS[name].compress, weights, rng=rng(), gram=GRAM),
            f"weights must be finite; got {bad}. Remove or replace NaN and infinities.",
        )
    for method in ("indices", "code"):
        if hasattr(CHANNELS[name], method):
            assert_refused(
                partial(getattr(CHANNELS[name], method), np.array([0.1, bad, 0.2]), *gram_of(name, method)),
                f"weights must be finite; got {bad}.",
            )


def gram_of(name: str, method: str) -> tuple[Any, ...]:
    return (GRAM,) if method == "code" and CHANNELS[name].needs_gram else ()


@pytest.mark.parametrize("name", NAMES)
def test_weights_may_be_a_list(name: str) -> None:
    found = CHANNELS[name].compress(WEIGHTS.tolist(), rng=rng(), gram=GRAM)
    np.testing.assert_array_equal(found, CHANNELS[name].compress(WEIGHTS, rng=rng(), gram=GRAM))


@pytest.mark.parametrize("name", [name for name in NAMES if np.ndim(getattr(CHANNELS[name], "center", 0.0))])
@pytest.mark.parametrize("features", [1, 2, 4])
def test_a_channel_for_another_number_of_weights_is_refused(name: str, features: int) -> None:
    channel, model = CHANNELS[name], lc.LinearModel(20, features)
    advice = "use for_model." if hasattr(channel, "for_model") else f"give center one number, or a vector of {features}."
    words = f"the channel was built for 3 weights, the model has {features}; "
    for sampler in ("data", "sufficient", "weights"):
        simulated = partial(lc.simulate, model, [channel], trials=50, sampler=sampler)
        assert_refused(simulated, words + advice, error=UnsupportedModelError)
        cells = [lc.monte_carlo.SweepCell(model, (channel,))]
        assert_refused(
            partial(lc.sweep, cells, trials=50, sampler=sampler), words + advice[:-1], error=UnsupportedModelError
        )
    assert_refused(partial(lc.risks, model, channel), words, error=UnsupportedModelError)
    if isinstance(channel, lc.UniformQuantizer):
        assert_refused(partial(lc.bounds_of, model, channel), words, error=UnsupportedModelError)
    lc.simulate(lc.LinearModel(20, 3), [channel], trials=50)


def made(name: str) -> tuple[Any, list[np.ndarray[Any, Any]]]:
    """Make a channel from arrays of the caller's own, and return both."""
    center, variances, matrix = np.array([0.1, 0.2, 0.3]), np.array([1.0, 2.0, 3.0]), np.eye(3)
    levels, thresholds = np.array([-1.0, 1.0]), np.array([0.0])
    kinds: dict[str, tuple[Any, list[np.ndarray[Any, Any]]]] = {
        "LinearChannel": (lc.LinearChannel(0.5, 0.0, center), [center]),
        "BlindGaussianChannel": (lc.BlindGaussianChannel(1.0, center, 1.0, matrix), [center, matrix]),
        "AwareGaussianChannel": (lc.AwareGaussianChannel(1.0, center, 1.0), [center]),
        "PerWeightGaussianChannel": (lc.PerWeightGaussianChannel(1.0, center, variances), [center, variances]),
        "DitheredUniform": (lc.DitheredUniform(1.0, center, SOURCE), [center]),
        "UniformQuantizer": (lc.UniformQuantizer(1.0, center), [center]),
        "CellQuantizer": (lc.CellQuantizer(levels, thresholds), [levels, thresholds]),
        "EntropyConstrainedQuantizer": (
            EntropyConstrainedQuantizer(levels, thresholds),
            [levels, thresholds],
        ),
    }
    return kinds.get(name, (CHANNELS[name], []))


def arrays_of(channel: Any) -> dict[str, np.ndarray[Any, Any]]:
    return {name: value for name, value in vars(channel).items() if isinstance(value, np.ndarray)}


@pytest.mark.parametrize("name", NAMES)
def test_a_channel_keeps_arrays_of_its_own(name: str) -> None:
    channel, given = made(name)
    found = arrays_of(channel)
    assert bool(found) == bool(given)
    before = channel.compress(WEIGHTS, rng=rng(), gram=GRAM)
    for array in given:
        array[...] = array + 100.0
    np.testing.assert_array_equal(channel.compress(WEIGHTS, rng=rng(), gram=GRAM), before)
    copies = [pickle.loads(pickle.dumps(channel)), copy.deepcopy(channel), copy.copy(channel)]
    for one in (channel, *copies):
        assert [label for label, array in arrays_of(one).items() if array.flags.writeable] == []
        np.testing.assert_array_equal(one.compress(WEIGHTS, rng=rng(), gram=GRAM), before)


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_out_is_not_what_went_in(name: str) -> None:
    weights = WEIGHTS.copy()
    found = CHANNELS[name].compress(weights, rng=rng(), gram=GRAM)
    assert not np.shares_memory(found, weights)
    assert found.flags.writeable
    np.testing.assert_array_equal(weights, WEIGHTS)


def test_a_factor_of_another_size_is_refused() -> None:
    words = "precision_factor must have shape (3, 3), a row and a column a weight; got shape (2, 2)."
    assert_refused(partial(lc.BlindGaussianChannel, 1.0, np.zeros(3), 1.0, np.eye(2)), words)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_batch_comes_back_empty(name: str) -> None:
    for gram in (GRAM, np.empty((0, 3, 3))):
        assert CHANNELS[name].compress(np.empty((0, 3)), rng=rng(), gram=gram).shape == (0, 3)


@pytest.mark.parametrize("shape", [(0,), (1, 3), (3, 1), (2, 3)])
def test_a_center_is_a_number_or_a_vector(shape: tuple[int, ...]) -> None:
    words = f"center must be one number for all weights, or a vector of one for each; got shape {shape}."
    assert_refused(lambda: lc.UniformQuantizer(1.0, np.zeros(shape)), words)
    assert_refused(lambda: lc.LinearChannel(0.5, 0.0, np.zeros(shape)), words)


@pytest.mark.parametrize("name", NAMES)
def test_weights_of_another_number_are_refused(name: str) -> None:
    sized = CHANNELS[name].needs_gram or np.ndim(getattr(CHANNELS[name], "center", 0.0))
    for weights in (np.ones(2), np.ones((3, 4)), np.ones((2, 1))) if sized else ():
        with pytest.raises(InvalidInputError) as caught:
            CHANNELS[name].compress(weights, rng=rng(), gram=GRAM)
        assert caught.value.parameter in {"weights", "gram", "size"}


@pytest.mark.parametrize("name", [name for name in NAMES if CHANNELS[name].needs_gram])
def test_a_gram_matrix_is_square(name: str) -> None:
    for gram in (np.ones((2, 3)), np.ones(3), np.ones((2, 2))):
        with pytest.raises(InvalidInputError):
            CHANNELS[name].compress(np.ones(3), rng=rng(), gram=gram)
