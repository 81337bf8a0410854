"""Progress of one cell. Its chunks may finish in any order; they are merged, and looked at, in their own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from linreg_compress.errors import UnsupportedModelError
from linreg_compress.monte_carlo.chunk import Chunk, chunk_size
from linreg_compress.monte_carlo.estimate import Moments
from linreg_compress.monte_carlo.grid import SweepCell
from linreg_compress.monte_carlo.quantities import Simulation, summarize
from linreg_compress.monte_carlo.samplers import find_sampler, refuse_unsupported
from linreg_compress.monte_carlo.stopping import Goal


class CellRun:
    """Which chunks of a cell are wanted, handed out, finished, and merged.

    Raises
    ------
    UnsupportedModelError
        If the sampler cannot do the cell, or the goal cannot be promised for it.
    """

    def __init__(
        self, number: int, cell: SweepCell, goal: Goal, *, sampler: str, seed: int, means_only: bool = True
    ) -> None:
        refuse_unsupported(find_sampler(sampler), cell.model, cell.channels)
        if (reason := goal.refusal(cell.model)) is not None:
            raise UnsupportedModelError(reason)
        self.number, self.goal = number, goal
        self._told: dict[str, Any] = {"model": cell.model, "names": tuple(channel.name for channel in cell.channels)}
        self.size = chunk_size(cell.model, sampler)
        self.channels = len(cell.channels)
        self.looks = 0
        self.merged: Moments | None = None
        self._piece = Chunk(cell.model, cell.channels, sampler, self.size, seed, number, 0, means_only)
        self._finished: dict[int, Moments] = {}  # not yet merged: an earlier one is missing
        self._merged_chunks = 0
        self._next = 0
        self._wanted = self._plan()

    @property
    def planned_trials(self) -> int:
        """Trials until the next look, or in all."""
        return self._wanted * self.size if self.goal.trials is None else self.goal.trials

    @property
    def done(self) -> bool:
        """Whether all that is wanted is merged."""
        return self._merged_chunks == self._wanted

    def next_chunk(self, spread: int) -> Chunk | None:
        """Return a chunk to run, or None if there is none before more are finished.

        None is handed out that lies `spread` chunks or more beyond the merged ones.
        """
        while self._next in self._finished:
            self._next += 1
        if self._next >= min(self._wanted, self._merged_chunks + spread):
            return None
        number, self._next = self._next, self._next + 1
        return replace(self._piece, number=number, size=min(self.size, self.planned_trials - number * self.size))

    def take(self, number: int, moments: Moments) -> None:
        """Take the moments of a finished chunk, in any order."""
        self._finished[number] = moments
        while (found := self._finished.pop(self._merged_chunks, None)) is not None:
            self.merged = found if self.merged is None else self.merged.merge(found)
            self._merged_chunks += 1
            if self._merged_chunks == self._wanted and self.goal.trials is None:
                self.looks += 1
                self._wanted = self._plan()
        self._next = max(self._next, self._merged_chunks)

    def result(self, names: Sequence[str] = ()) -> Simulation:
        """Return the estimates of a cell that is done; `names` are those of the statistics."""
        assert self.merged is not None
        reached = self.goal.reached(self.merged, self.channels)
        return replace(summarize(self.merged, self.channels, names), looks=self.looks, reached=reached, **self._told)

    def _plan(self) -> int:
        return self.goal.chunks(self.merged, self.channels, chunk=self.size)
