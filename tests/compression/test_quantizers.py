"""The table of quantizers: every row can make what it says, and nothing is said twice."""

from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.channel import Channel
from linreg_compress.compression.clustering.diameter_quantizer import DiameterKMeansQuantizer
from linreg_compress.compression.clustering.kmeans import KMeansQuantizer
from linreg_compress.compression.clustering.record import Clustering
from linreg_compress.compression.quantizers import BITS, LEVELS, QUANTIZERS, STEP, NamedQuantizer, Penalty, find
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.compression.successive import SuccessiveQuantizer
from linreg_compress.errors import InvalidInputError
from linreg_compress.model import LinearModel
from tests.compare import assert_refused

MODEL = LinearModel(30, 6, 2.0)
NUMBER: dict[str, Any] = {STEP: 0.5, LEVELS: 3, BITS: 1.0, "": None}
ROWS = [pytest.param(row, id=row.name) for row in QUANTIZERS]


def test_names_are_unique_and_found() -> None:
    names = [row.name for row in QUANTIZERS]
    assert len(set(names)) == len(names)
    assert [find(name) for name in names] == QUANTIZERS
    told = "quantizer must be a known quantizer; got 'round'. There are uniform, lloyd-max, "
    assert_refused(lambda: find("round"), told)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_makes_a_channel_that_compresses_batches(row: NamedQuantizer) -> None:
    made = row.channel(MODEL, NUMBER[row.needs])
    assert isinstance(made, Channel)
    assert made.name.startswith(row.name)
    rng = np.random.default_rng(1)
    weights, x = rng.standard_normal((4, 6)), rng.standard_normal((4, 30, 6))
    gram = x.swapaxes(-1, -2) @ x if made.needs_gram else None
    found = made.compress(weights, rng=np.random.default_rng(0), gram=gram)
    assert found.shape == weights.shape
    if not row.linear:  # without noise every vector is quantized by itself
        for place, vector in enumerate(weights):
            alone = made.compress(vector, rng=rng, gram=None if gram is None else gram[place])
            np.testing.assert_allclose(alone, found[place], rtol=1e-12)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in QUANTIZERS if row.needs])
def test_a_number_out_of_range_is_refused(row: NamedQuantizer) -> None:
    for number in (-1, np.inf):
        with pytest.raises(InvalidInputError, match="must be"):
            row.channel(MODEL, number)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in QUANTIZERS if row.takes_codebooks])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_codebook_is_certified(row: NamedQuantizer, weighted: bool) -> None:
    rng = np.random.default_rng(2)
    weights = rng.standard_normal(40)
    importance = rng.uniform(0.5, 2.0, 40) if weighted else None
    found = row.codebook(weights, 4, importance)
    assert isinstance(found, Clustering)
    error = (1.0 if importance is None else importance) * (weights - found.centers[found.assignments]) ** 2
    penalty = (row.penalty_weight or 0.0) * float(np.ptp(found.centers)) ** 2
    assert found.objective == pytest.approx(float(np.sum(error)) + penalty, rel=1e-12)
    assert 0 < found.lower_bound <= found.objective


def test_what_is_not_offered_is_refused() -> None:
    assert_refused(lambda: find("kmeans").cells(source_for(MODEL), 3), "must have cells that are designed for a law")


def test_gptq_feeds_errors_forward_on_the_levels_of_lloyd_max() -> None:
    made = find("gptq").channel(MODEL, 4)
    assert isinstance(made, SuccessiveQuantizer)
    rng = np.random.default_rng(0)
    x, weights = rng.standard_normal((30, 6)), rng.standard_normal(6)
    expected = SuccessiveQuantizer(lloyd_max(source_for(MODEL), 4)).compress(weights, gram=x.T @ x)
    np.testing.assert_array_equal(made.compress(weights, gram=x.T @ x, rng=rng), expected)


def test_a_penalty_makes_the_compressor_of_the_paper_for_the_samples_of_the_model() -> None:
    assert find("kmeans").channel(MODEL, 3) == KMeansQuantizer(3)
    assert find("hessian-kmeans").channel(MODEL, 3) == KMeansQuantizer(3, True)
    assert find("diameter-kmeans").channel(MODEL, 3) == DiameterKMeansQuantizer(3, samples=30)
    linear = Penalty(0.5, "linear")
    for name, by_hessian in (("kmeans", False), ("hessian-kmeans", True), ("diameter-kmeans", True)):
        made = DiameterKMeansQuantizer(3, by_hessian, samples=30, penalty_weight=0.5, penalty="linear")
        assert find(name).channel(MODEL, 3, linear) == made
