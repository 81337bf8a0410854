"""How far one cell of a sweep is. Its chunks may finish in any order; they are merged, and looked at, in their own."""

import math
from dataclasses import replace

from linreg_compress.monte_carlo.estimate import Moments
from linreg_compress.monte_carlo.grid import SweepCell
from linreg_compress.monte_carlo.simulate import Chunk, Simulation, chunk_size, summarize
from linreg_compress.monte_carlo.stopping import plan_next, target_error


class CellRun:
    """How far one cell is: which chunks are wanted, handed out, finished, and merged."""

    def __init__(
        self, number: int, cell: SweepCell, sampler: str, seed: int, trials: int | None, target: float | None
    ) -> None:
        self.number = number
        self.size = chunk_size(cell.model, sampler)
        self.channels = len(cell.channels)
        self.trials, self.target = trials, target
        self.looks = 0
        self.merged: Moments | None = None
        self._piece = Chunk(cell.model, cell.channels, sampler, self.size, seed, number, 0)
        self._finished: dict[int, Moments] = {}  # not yet merged: an earlier one is missing
        self._merged_chunks = 0
        self._next = 0
        self._wanted = self._plan()

    @property
    def planned_trials(self) -> int:
        """Trials until the next look, or in all."""
        return self._wanted * self.size if self.trials is None else self.trials

    @property
    def done(self) -> bool:
        """Whether all that is wanted is merged."""
        return self._merged_chunks == self._wanted

    def next_chunk(self, spread: int) -> Chunk | None:
        """Return a chunk to run, or None if there is none before more are finished."""
        while self._next in self._finished:
            self._next += 1
        if self._next >= min(self._wanted, self._merged_chunks + spread):
            return None
        number, self._next = self._next, self._next + 1
        return replace(self._piece, chunk=number, size=min(self.size, self.planned_trials - number * self.size))

    def take(self, chunk: int, moments: Moments) -> None:
        """Take a finished chunk, in any order."""
        self._finished[chunk] = moments
        while (found := self._finished.pop(self._merged_chunks, None)) is not None:
            self.merged = found if self.merged is None else self.merged.merge(found)
            self._merged_chunks += 1
            if self._merged_chunks == self._wanted and self.target is not None:
                self.looks += 1
                self._wanted = self._plan()
        self._next = max(self._next, self._merged_chunks)

    def result(self) -> Simulation:
        """Return the estimates of a cell that is done."""
        assert self.merged is not None
        reached = self.target is None or target_error(self.merged, self.channels) <= self.target
        return replace(summarize(self.merged, self.channels), looks=self.looks, reached=reached)

    def _plan(self) -> int:
        if self.target is None:
            assert self.trials is not None
            return math.ceil(self.trials / self.size)
        return plan_next(self.merged, self.channels, chunk=self.size, standard_error=self.target)
