"""A sweep gives the same bits however it is run, interrupted and resumed, and refuses before it works."""

import queue
import random
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_compress._validation import FloatArray
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.chunk import chunk_size
from linreg_compress.monte_carlo.estimate import Moments
from linreg_compress.monte_carlo.grid import SweepCell, settings, sweep_grid
from linreg_compress.monte_carlo.quantities import Simulation
from linreg_compress.monte_carlo.simulate import simulate
from linreg_compress.monte_carlo.store import SweepStore
from linreg_compress.monte_carlo.sweep import sweep
from tests.compare import assert_refused
from tests.monte_carlo.bits import bits_of


def channels_of(model: LinearModel) -> list[Any]:
    return [BlindGaussianChannel.for_model(model, 3.0), lloyd_max(source_for(model), 3)]


CELLS = sweep_grid([20, 30], [4, 6], [0.5], [0.0, 0.1], channels=channels_of)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linreg_compress.monte_carlo.chunk._CHUNK_NUMBERS", 1 << 13)


def bits(found: list[Simulation]) -> list[tuple[Any, ...]]:
    return [bits_of(one) for one in found]


class Disorder(Executor):
    """One thread that takes any of the chunks that wait, as a cluster may."""

    def __init__(self, seed: int = 0, stop_after: int | None = None) -> None:
        self.random = random.Random(seed)
        self.waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []
        self.most_waiting = 0
        self.left = stop_after
        self.lock = threading.Lock()
        self.bell: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self.order: list[tuple[int, int]] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
        future: Future[Any] = Future()
        with self.lock:
            self.waiting.append((future, function, arguments))
            self.most_waiting = max(self.most_waiting, len(self.waiting))
        self.bell.put(True)
        return future

    def _serve(self) -> None:
        while self.bell.get():
            with self.lock:
                future, function, arguments = self.waiting.pop(self.random.randrange(len(self.waiting)))
            if future.set_running_or_notify_cancel():
                self.order.append((arguments[0].cell, arguments[0].number))
                future.set_result(function(*arguments))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        raise AssertionError("the caller's executor is not ours to shut down")


GOALS: list[dict[str, Any]] = [{"trials": 700}, {"standard_error": 0.01, "sampler": "weights"}]


@pytest.mark.parametrize("goal", GOALS)
def test_each_cell_is_a_simulation_of_its_own(goal: dict[str, Any]) -> None:
    found = sweep(CELLS, **goal, seed=5)
    alone = [simulate(cell.model, cell.channels, **goal, seed=5, cell=number) for number, cell in enumerate(CELLS)]
    assert bits(found) == bits(alone)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("workers", [1, 2, 8])
def test_workers_and_the_order_of_completion_change_no_bit(goal: dict[str, Any], workers: int) -> None:
    expected = bits(sweep(CELLS, **goal, seed=5))
    assert bits(sweep(CELLS, **goal, seed=5, workers=workers)) == expected
    disorder = Disorder(workers)
    assert bits(sweep(CELLS, **goal, seed=5, workers=workers, executor=disorder)) == expected
    assert len(set(disorder.order)) == len(disorder.order) >= 2 * len(CELLS)
    if workers > 1:
        assert disorder.order != sorted(disorder.order)
    disorder.bell.put(False)


def test_few_chunks_are_handed_out_at_once() -> None:
    disorder = Disorder()
    sweep(CELLS, 5000, workers=2, executor=disorder)
    assert len(disorder.order) > 50
    assert disorder.most_waiting <= 8
    disorder.bell.put(False)


def test_a_target_is_reached_in_every_cell_and_channel() -> None:
    for one in sweep(CELLS, standard_error=0.01):
        assert one.reached
        assert one.looks >= 1
        assert max(risks.population_risk_change.standard_error for risks in one.compressed) <= 0.01


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("submits", [0, 1, 2, 7, 20, 10**6])
def test_interrupted_anywhere_and_resumed_gives_the_same_bits(goal: dict[str, Any], submits: int, tmp_path: Path) -> None:
    expected = bits(sweep(CELLS, **goal, seed=5))
    path = tmp_path / "run.sqlite"
    interrupted = Disorder(submits, stop_after=submits)
    asked = {**goal, "seed": 5, "workers": 2, "store": path}
    if submits < 100:
        with pytest.raises(KeyboardInterrupt):
            sweep(CELLS, **asked, executor=interrupted)
    else:
        assert bits(sweep(CELLS, **asked, executor=interrupted)) == expected
    interrupted.bell.put(False)
    with SweepStore(path, settings(CELLS, **{"trials": None, "standard_error": None, "sampler": "data", **goal}, seed=5),
                    resume=True) as store:  # fmt: skip
        kept = [store.chunks(cell) for cell in range(len(CELLS))]
    again = Disorder(1)
    assert bits(sweep(CELLS, **asked, executor=again, resume=True)) == expected
    kept_chunks = {(cell, chunk) for cell, chunks in enumerate(kept) for chunk in chunks}
    assert not kept_chunks & set(again.order)  # nothing is done twice
    if submits >= 100:
        assert again.order == []
    again.bell.put(False)


def test_trials_from_the_store_are_those_of_the_last_partial_chunk_too(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"
    size = chunk_size(CELLS[0].model)
    sweep(CELLS[:1], size + 7, store=path)
    asked = settings(CELLS[:1], trials=size + 7, standard_error=None, sampler="data", seed=0)
    with SweepStore(path, asked, resume=True) as store:
        assert {chunk: trials for chunk, (trials, _) in store.chunks(0).items()} == {0: size, 1: 7}
        assert Moments.from_bytes(store.chunks(0)[1][1]).count == 7


CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"seed": 6}, "seed 5 there, 6 now"),
    ({"trials": 800}, "trials 700 there, 800 now"),
    ({"trials": None, "standard_error": 0.1}, "trials 700 there, null now; standard_error null there, 0.1 now"),
    ({"sampler": "weights"}, 'sampler "data" there, "weights" now'),
    ({"cells": CELLS[1:]}, "cells "),
    (
        {"cells": sweep_grid([20, 40], [4, 6], [0.5], [0.0, 0.1], channels=channels_of)},
        "samples [20, 30] there, [20, 40] now",
    ),
    ({"cells": [replace(cell, channels=cell.channels[:1]) for cell in CELLS]}, "compression"),
    (
        {
            "cells": [
                replace(cell, channels=(BlindGaussianChannel.for_model(cell.model, 3.5), cell.channels[1]))
                for cell in CELLS
            ]
        },
        "cells ",
    ),
]


@pytest.mark.parametrize(("change", "message"), CHANGES)
def test_a_store_of_another_sweep_is_refused(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"cells": CELLS, "trials": 700, "seed": 5, "store": tmp_path / "run.sqlite"}
    sweep(**asked)
    before = asked["store"].read_bytes()
    assert_refused(lambda: sweep(**(asked | {"resume": True} | change)), message)
    assert asked["store"].read_bytes() == before


def test_a_store_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep(CELLS, 100, store=tmp_path / "run.sqlite")
    monkeypatch.setattr("linreg_compress.monte_carlo.grid.__version__", "9.9")
    assert_refused(lambda: sweep(CELLS, 100, store=tmp_path / "run.sqlite", resume=True), 'package "', ' there, "9.9" now')


def test_a_channel_that_cannot_be_described_sweeps_but_has_no_store(tmp_path: Path) -> None:
    class Odd:
        name, needs_gram = "odd", False

        def compress(self, weights: Any, *, rng: Any, gram: Any = None) -> FloatArray:
            return weights / 2

    cells = [SweepCell(LinearModel(20, 4), (Odd(),))]
    assert sweep(cells, 100)[0].compressed[0].distortion.mean > 0
    assert_refused(lambda: sweep(cells, 100, store=tmp_path / "x.sqlite"), "dataclasses of numbers", "a Odd.")
    assert not (tmp_path / "x.sqlite").exists()


@dataclass(frozen=True)
class Broken:
    """A channel that fails."""

    name: str = "broken"
    needs_gram: bool = False

    def compress(self, weights: Any, *, rng: Any, gram: Any = None) -> FloatArray:
        raise ZeroDivisionError("in a chunk")


def test_an_error_in_a_chunk_reaches_the_caller_and_what_was_done_is_kept(tmp_path: Path) -> None:
    cells = [CELLS[0], SweepCell(LinearModel(20, 4), (Broken(),))]
    before = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError, match="in a chunk"):
        sweep(cells, 5000, workers=2, store=tmp_path / "x.sqlite")
    assert not set(threading.enumerate()) - before  # a thread of an earlier test may have ended meanwhile
    SweepStore(
        tmp_path / "x.sqlite", settings(cells, trials=5000, standard_error=None, sampler="data", seed=0), resume=True
    ).close()  # and it is free again


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"trials": None}, "trials or standard_error must be given, and not both"),
    ({"standard_error": 0.1}, "trials or standard_error must be given, and not both"),
    ({"trials": 1}, "trials must be a whole number of at least 2"),
    ({"trials": None, "standard_error": 0.0}, "standard_error must be positive"),
    ({"trials": None, "standard_error": np.nan}, "standard_error must be finite"),
    ({"seed": -1}, "seed must be"),
    ({"workers": 0}, "workers must be"),
    ({"sampler": "guess"}, "sampler must be one of data, sufficient, weights"),
    ({"executor": "cloud"}, "executor must be one of threads, processes"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_illegal_arguments_are_refused(change: dict[str, Any], message: str) -> None:
    asked: dict[str, Any] = {"cells": CELLS, "trials": 10, **change}
    assert_refused(lambda: sweep(**asked), message)


def test_what_a_sampler_cannot_do_is_refused_with_the_cell_before_any_work(tmp_path: Path) -> None:
    cells = sweep_grid([20], [4], [1.0], [0.0, 0.5], channels=lambda m: [AwareGaussianChannel.for_model(m, 1.0)])
    path = tmp_path / "run.sqlite"
    place = "(Cell: samples 20, features 4, noise variance 1, signal variance 0.5.)"
    assert_refused(
        lambda: sweep(cells, 10, sampler="weights", store=path), "the weights sampler", place, error=UnsupportedModelError
    )
    heavy = sweep_grid([20, 22], [20])
    place = "(Cell: samples 20, features 20, noise variance 1, signal variance 0.)"
    assert_refused(lambda: sweep(heavy, standard_error=0.1, store=path), "variance", place, error=UnsupportedModelError)
    assert not path.exists()
    assert [one.trials for one in sweep(heavy, 10)] == [10, 10]


def test_no_cells_give_no_rows() -> None:
    assert sweep([], 10) == []
