"""Whole runs: the same bits for any number of workers, honest errors, and refusals."""

import threading
from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.channel import Channel
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.identity import Identity
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.risk import least_squares_risks
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.chunk import chunk_size
from linreg_compress.monte_carlo.simulate import simulate
from linreg_compress.monte_carlo.stopping import PILOT_TRIALS
from linreg_compress.monte_carlo.trials import Trials
from tests import seeds
from tests.compare import assert_mean, assert_refused, assert_share
from tests.monte_carlo.bits import bits_of

MODEL = LinearModel(20, 6, 0.7)
CHANNELS: list[Channel] = [BlindGaussianChannel.for_model(MODEL, 3.0), AwareGaussianChannel.for_model(MODEL, 3.0)]


@pytest.mark.parametrize("workers", [2, 8])
def test_any_number_of_workers_gives_the_same_bits(workers: int) -> None:
    model = LinearModel(2000, 20)  # 104 trials a chunk
    trials = 8 * chunk_size(model) + 5  # with two workers more chunks than may wait at once
    channels = [BlindGaussianChannel.for_model(model, 30.0)]
    alone = simulate(model, channels, trials, seed=4)
    assert bits_of(simulate(model, channels, trials, seed=4, workers=workers)) == bits_of(alone)
    assert alone.trials == alone.population_risk.trials == trials


@pytest.mark.parametrize(("sampler", "standard_error"), [("sufficient", 0.6), ("weights", 0.015)])
@pytest.mark.parametrize("aimed", [False, True])
def test_every_sampler_gives_the_same_bits_for_1_2_and_8_workers(sampler: str, standard_error: float, aimed: bool) -> None:
    model = LinearModel(120, 100, 20.0)
    channels = [BlindGaussianChannel.for_model(model, 50.0)]
    size = chunk_size(model, sampler)
    aim: dict[str, Any] = {"standard_error": standard_error} if aimed else {"trials": 3 * size + 3}
    runs = [simulate(model, channels, **aim, sampler=sampler, seed=4, workers=workers) for workers in (1, 2, 8)]
    assert bits_of(runs[0]) == bits_of(runs[1]) == bits_of(runs[2])
    assert runs[0].trials > size


@pytest.mark.parametrize("sampler", ["data", "sufficient", "weights"])
def test_a_target_is_reached_and_a_run_of_as_many_trials_agrees(sampler: str) -> None:
    model = LinearModel(100, 40)
    channels = [BlindGaussianChannel.for_model(model, rate) for rate in (10.0, 40.0)]
    found = simulate(model, channels, standard_error=0.003, sampler=sampler, seed=2)
    errors = [risks.population_risk_change.standard_error for risks in found.compressed]
    assert max(errors) <= 0.003
    assert found.reached
    assert 1 <= found.looks <= 5
    assert found.trials % chunk_size(model, sampler) == 0
    assert found.trials >= PILOT_TRIALS
    fixed = simulate(model, channels, found.trials, sampler=sampler, seed=2)
    assert (fixed.looks, fixed.reached) == (0, True)
    assert bits_of(fixed)[:-2] == bits_of(found)[:-2]


def test_a_target_out_of_reach_is_given_up_honestly() -> None:
    found = simulate(MODEL, CHANNELS, standard_error=1e-9, most_trials=100_000, sampler="weights")
    assert not found.reached
    size = chunk_size(MODEL, "weights")
    assert found.trials == -(-100_000 // size) * size
    assert found.compressed[0].population_risk_change.standard_error > 1e-9


def test_a_change_without_variance_is_known_after_the_pilot() -> None:
    found = simulate(MODEL, [Identity()], standard_error=1e-12, sampler="weights")
    assert found.reached
    assert found.looks == 1


def test_no_target_where_the_risk_has_no_variance() -> None:
    model = LinearModel(9, 7)
    assert_refused(
        lambda: simulate(model, [Identity()], standard_error=1e-2),
        "no standard error can be promised",
        "got 9 and 7",
        error=UnsupportedModelError,
    )
    assert simulate(model, [Identity()], 100).trials == 100


def test_statistics_see_whole_trials() -> None:
    def increase(trials: Trials) -> object:
        return trials.compressed_empirical_risk[0] - trials.empirical_risk

    plain = simulate(MODEL, CHANNELS, 4000, sampler="weights", statistics={"increase": increase})  # type: ignore[dict-item]
    means = simulate(MODEL, CHANNELS, 4000, sampler="weights")
    whole = simulate(MODEL, CHANNELS, 4000, sampler="weights", means_only=False)
    assert plain.statistics["increase"].mean == pytest.approx(plain.compressed[0].distortion.mean, rel=1e-12)
    assert plain.compressed == whole.compressed
    assert means.compressed[0].distortion.standard_error < whole.compressed[0].distortion.standard_error
    bad = {"statistics": {"increase": increase}, "means_only": True}
    assert_refused(lambda: simulate(MODEL, CHANNELS, 10, **bad), "means_only must be False")  # type: ignore[arg-type]


def test_seed_and_cell_choose_the_stream() -> None:
    runs = [simulate(MODEL, CHANNELS, 50, seed=seed, cell=cell) for seed, cell in ((1, 0), (1, 0), (2, 0), (1, 1))]
    assert bits_of(runs[0]) == bits_of(runs[1])
    assert len({run.population_risk.mean for run in runs}) == 3


def test_chunks_draw_different_data() -> None:
    model = LinearModel(2000, 20)
    seen: list[float] = []

    def remember(trials: Trials) -> object:
        seen.extend(trials.population_risk.tolist())
        return trials.population_risk

    simulate(model, [], 2 * chunk_size(model), statistics={"seen": remember})  # type: ignore[dict-item]
    assert len(set(seen)) == len(seen) == 2 * chunk_size(model)


@pytest.mark.monte_carlo
def test_means_agree_with_the_exact_risks_of_least_squares() -> None:
    found, exact = simulate(MODEL, [], 20000, seed=seeds.number(5)), least_squares_risks(20, 6, 0.7)
    for name in ("empirical_risk", "population_risk", "generalization_error"):
        assert_mean(getattr(found, name), float(getattr(exact, name)))


@pytest.mark.monte_carlo
def test_standard_errors_cover_the_truth_as_often_as_they_say() -> None:
    exact = float(least_squares_risks(20, 6, 0.7).empirical_risk)
    runs = [simulate(MODEL, [], 200, seed=seeds.number(6), cell=cell).empirical_risk for cell in range(400)]
    covered = [low <= exact <= high for low, high in (run.interval() for run in runs)]
    assert_share(covered, 0.945, 0.955)


def test_changes_are_differences_on_shared_data() -> None:
    run = simulate(MODEL, CHANNELS, 500, seed=7)
    for found in run.compressed:
        assert abs(found.distortion.mean - (found.empirical_risk.mean - run.empirical_risk.mean)) < 1e-12
        change = found.population_risk.mean - run.population_risk.mean
        assert abs(found.population_risk_change.mean - change) < 1e-12
        gap = found.population_risk.mean - found.empirical_risk.mean
        assert abs(found.generalization_error.mean - gap) < 1e-12
    assert run.compressed[0].distortion.mean > run.compressed[1].distortion.mean


def test_the_identity_changes_nothing_and_says_so_without_error() -> None:
    found = simulate(MODEL, [Identity(), CHANNELS[0], Identity()], 100).compressed
    for same in (found[0], found[2]):
        assert (same.distortion.mean, same.distortion.standard_error) == (0.0, 0.0)
        assert (same.population_risk_change.mean, same.population_risk_change.standard_error) == (0.0, 0.0)
    assert found[1].distortion.mean > 0


def test_statistics_are_averaged_beside_the_risks() -> None:
    run = simulate(
        MODEL,
        CHANNELS,
        300,
        statistics={
            "below": lambda t: t.population_risk < 1.0,
            "second": lambda t: t.compressed_population_risk[1],
        },
    )
    assert list(run.statistics) == ["below", "second"]
    assert 0 < run.statistics["below"].mean < 1
    assert run.statistics["second"] == run.compressed[1].population_risk


def test_an_error_in_a_worker_reaches_the_caller() -> None:
    def fail(trials: Trials) -> object:
        raise ZeroDivisionError("from a worker")

    before = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError, match="from a worker"):
        simulate(LinearModel(2000, 20), [], 500, workers=2, statistics={"bad": fail})  # type: ignore[dict-item]
    assert not set(threading.enumerate()) - before  # a thread of an earlier test may have ended meanwhile


def test_one_worker_is_the_calling_thread_whose_settings_hold() -> None:
    seen: list[threading.Thread] = []

    def overflow(trials: Trials) -> object:
        seen.append(threading.current_thread())
        return trials.population_risk * 1e308 * 1e308

    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        simulate(MODEL, [], 10, statistics={"overflow": overflow})  # type: ignore[dict-item]
    assert seen == [threading.current_thread()]


BAD: list[tuple[dict[str, object], str]] = [
    ({"trials": 1}, "trials must be a whole number of at least 2; got 1"),
    ({"trials": 10.5}, "trials must be a whole number of at least 2; got 10.5"),
    ({"trials": np.nan}, "trials must be finite; got nan"),
    ({"workers": 0}, "workers must be a whole number of at least 1; got 0"),
    ({"workers": 1.5}, "workers must be a whole number of at least 1; got 1.5"),
    ({"seed": -1}, "seed must be a whole number of at least 0; got -1"),
    ({"cell": -1}, "cell must be a whole number of at least 0; got -1"),
    ({"sampler": "raw"}, "sampler must be one of data, sufficient, weights; got 'raw'"),
    ({"standard_error": 0.1}, "trials or standard_error must be given, and not both; got 10 and 0.1"),
    ({"trials": None}, "trials or standard_error must be given, and not both; got None and None"),
    ({"trials": None, "standard_error": 0.0}, "standard_error must be positive; got 0.0"),
    ({"trials": None, "standard_error": np.nan}, "standard_error must be finite; got nan"),
    ({"trials": None, "standard_error": 0.1, "most_trials": 1}, "most_trials must be a whole number of at least 2; got 1"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_refused(arguments: dict[str, object], message: str) -> None:
    legal: dict[str, object] = {"model": MODEL, "channels": [], "trials": 10}
    assert_refused(lambda: simulate(**(legal | arguments)), message)  # type: ignore[arg-type]
