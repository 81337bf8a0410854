"""A grid crosses its lists in order, and a description tells cells apart, and only them."""

from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.grid import SweepCell, description, settings, sweep_grid
from tests.compare import assert_refused


def channels_of(model: LinearModel) -> list[Any]:
    return [BlindGaussianChannel.for_model(model, 3.0), lloyd_max(source_for(model), 3)]


CELLS = sweep_grid([20, 30], [4, 6], [0.5], [0.0, 0.1], channels=channels_of)


def test_the_last_list_varies_fastest() -> None:
    found = [(cell.model.samples, cell.model.features, cell.model.signal_variance) for cell in CELLS]
    assert found == [(n, d, signal) for n in (20, 30) for d in (4, 6) for signal in (0.0, 0.1)]
    assert {cell.model.noise_variance for cell in CELLS} == {0.5}
    assert all([channel.name for channel in cell.channels] == ["gaussian-blind", "lloyd-max-3"] for cell in CELLS)


def test_settings_hold_the_lists_to_compare_and_a_digest_of_all() -> None:
    found = settings(CELLS, trials=100, seed=3)
    assert found["samples"] == [20, 30]
    assert found["signal_variance"] == [0.0, 0.1]
    assert found["compression"] == ["gaussian-blind", "lloyd-max-3"]
    assert (found["trials"], found["seed"]) == (100, 3)
    assert settings(CELLS[::-1])["cells"] != found["cells"]
    assert settings(list(CELLS))["cells"] == found["cells"]


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((20, [4]), {}, "samples must be a list; got 20"),
        (([20], "4"), {}, "features must be a list; got '4'"),
        (([20], [4]), {"channels": [1.0]}, "channels must be a function of the model"),
    ],
)
def test_what_is_no_list_and_no_function_is_named(arguments: Any, options: Any, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        sweep_grid(*arguments, **options)


def test_what_has_no_description_is_refused() -> None:
    assert_refused(lambda: description(object()), "dataclasses of numbers, texts and arrays", "a object.")
    assert description({"a": (1, None, True)}) == [["a", [1, None, True]]]
    assert description(np.float64(0.5)) == 0.5


def test_a_description_spells_out_eight_numbers() -> None:
    assert description(np.arange(8.0)) == list(range(8))
    assert description(np.arange(9.0)).startswith("<f8[9] sha256 ")


def test_a_grid_is_refused_where_it_has_no_meaning() -> None:
    assert_refused(lambda: sweep_grid([20, 20], [4]), "samples must list no value twice; got 20, 20")
    assert_refused(lambda: sweep_grid([20], []), "features must list at least one value")
    assert_refused(lambda: sweep_grid([20], [4], [0.0]), "noise_variance must be positive")
    assert_refused(
        lambda: sweep_grid([20], [4, 5], weights=[1, 2, 3, 4]), "weights must hold one number a feature, 5 in all"
    )
    assert_refused(
        lambda: sweep_grid([21, 20], [20], channels=channels_of),
        "(Cell: samples 21, features 20, noise variance 1, signal variance 0.)",
        error=UnsupportedModelError,
    )


def test_the_same_cells_have_the_same_description_and_others_another() -> None:
    again = sweep_grid([20, 30], [4, 6], [0.5], [0.0, 0.1], channels=channels_of)
    assert [description(cell) for cell in again] == [description(cell) for cell in CELLS]
    wide = [SweepCell(LinearModel(50, 20, weights=np.arange(20.0) + shift)) for shift in (0.0, 0.0, 1e-15)]
    first, second, third = map(description, wide)
    assert first == second != third
