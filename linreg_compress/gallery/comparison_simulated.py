"""The simulated rows of the comparison table: compressors that write down what a row needs of each trial."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy import special

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.compression.successive import ORDERS
from linreg_compress.gallery.comparison_design import BITS, FEATURES, FLOAT_BITS, LN2, SAMPLES, Design, Values, whole_levels
from linreg_compress.gallery.figure import Row

DIAMETER_PENALTY = 1.0  # beta of beta D^2, where the importance of a weight is 2 on average


@dataclass(eq=False)
class Run:
    """A compressor that is simulated; `simulate` takes it for the compressor.

    The trials of a simulation hold risks and no weights, so what a row needs of the weights is written down here.
    """

    design: Design
    """Whose row this is."""
    name: str
    """The row's compressor."""
    bits: float
    """Nominal rate, bits a weight."""
    inner: lc.Channel
    """The compressor itself."""
    read: Callable[[FloatArray], FloatArray] | None
    """Maps What, shape (trials, d), to the indices that are sent; None if numbers are sent."""
    fixed: float | str
    """The row's fixed_rate_bits."""
    codebook_bits: float = 0.0
    """The row's codebook_bits."""
    needs_gram: bool = True
    """True whatever `inner` needs: the increase of the empirical risk is measured with X^T X."""
    errors: list[FloatArray] = field(default_factory=list)
    """Of each batch, the normalized distortion of every trial."""
    increases: list[FloatArray] = field(default_factory=list)
    """Of each batch, the increase of the empirical risk of every trial."""
    indices: list[FloatArray] = field(default_factory=list)
    """Of each batch, what `read` returns."""

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Compress, and note the errors and the indices."""
        assert gram is not None  # asked for by needs_gram
        found = self.inner.compress(weights, rng=rng, gram=gram if self.inner.needs_gram else None)
        error = found - weights
        self.errors.append(np.mean(error**2, axis=-1) / self.design.variance)
        self.increases.append(np.einsum("ti,tij,tj->t", error, gram, error) / SAMPLES)
        if self.read is not None:
            self.indices.append(self.read(found).astype(np.int16))
        return found

    def row(self, change: float, change_error: float) -> Row:
        """Summarize the trials; the change of the population risk is the simulation's own."""
        delta, increase = np.concatenate(self.errors), np.concatenate(self.increases)
        estimates = {"normalized_distortion": delta, "empirical_increase": increase}
        rate = np.zeros(len(delta))
        if self.read is not None:
            symbols, code = np.unique(np.concatenate(self.indices), return_inverse=True)
            counts = np.bincount(code.ravel(), minlength=symbols.size)
            words = {
                "entropy_bits": np.log2(code.size / counts),
                "huffman_bits": np.array(lc.information.huffman_lengths(counts)),
            }
            estimates |= {name: lengths[code.reshape(len(delta), -1)].mean(axis=1) for name, lengths in words.items()}
            missing = (symbols.size - 1) / (2 * code.size * LN2)  # bias of a sample's entropy (Miller 1955)
            estimates["entropy_bits"] += min(missing, np.log2(symbols.size) - estimates["entropy_bits"].mean())
            rate = estimates["entropy_bits"]
        # first-order influence of a trial on each gap
        needs_less = delta / (2 * LN2 * delta.mean()) if delta.mean() < 1 else 0.0
        slope = self.design.aware_limit(float(increase.mean()))[1]
        gaps = {"gap_to_rate_distortion_bits": rate + needs_less, "gap_to_aware_limit_bits": rate - slope * increase}
        values: Values = {name: float(x.mean()) for name, x in estimates.items()}
        values |= {"population_risk_change": change, "population_risk_change_se": change_error}
        for name, x in (estimates | gaps).items():
            values[f"{name}_se"] = float(x.std(ddof=1) / np.sqrt(x.size))
        values |= {"fixed_rate_bits": self.fixed, "codebook_bits": self.codebook_bits}
        return self.design.row(self.name, self.bits, "monte carlo", values)


def successive_and_pruned(design: Design) -> Iterator[Run]:
    """Compressors that round one weight after another, or drop weights."""
    for bits in BITS:
        lattice = design.lattices[bits]
        levels = whole_levels(bits)
        kept = max(k for k in range(FEATURES + 1) if k == 0 or _pruned_bits(k) <= bits)
        for order in ORDERS:
            successive = lc.SuccessiveQuantizer(lattice, order)
            yield Run(design, successive.name, bits, successive, lattice.indices, "")
        if levels:
            grid = lc.lloyd_max(lc.source_for(design.model), levels)
            successive = lc.SuccessiveQuantizer(grid)
            yield Run(design, "gptq on lloyd-max", bits, successive, grid.indices, bits)
        for pruning in (lc.MagnitudePruning(kept), lc.OptimalBrainSurgeon(kept)):
            yield Run(design, pruning.name, bits, pruning, None, _pruned_bits(kept))


def clusterings(design: Design) -> Iterator[Run]:
    """Compressors that make their levels from the weights."""
    for bits in BITS:
        levels = whole_levels(bits)
        if not levels or levels >= FEATURES:
            continue
        codebook = levels * FLOAT_BITS / FEATURES
        for name, channel in (("kmeans", lc.KMeansQuantizer(levels)), ("hessian-kmeans", lc.KMeansQuantizer(levels, True))):
            yield Run(design, name, bits, channel, _ranks, bits, codebook)
        yield Run(design, "diameter-kmeans", bits, _DiameterKMeans(levels), _ranks, bits, codebook)


@dataclass(frozen=True)
class _DiameterKMeans:
    """The paper's clustering, each weight vector with the diagonal of its own Hessian."""

    levels: int
    name: str = "diameter-kmeans"
    needs_gram: bool = True

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Cluster vector after vector."""
        del rng
        assert gram is not None  # asked for by needs_gram
        found = []
        for row, matrix in zip(weights, gram, strict=True):
            importance = lc.hessian_importance(matrix, SAMPLES)
            best = lc.diameter_kmeans(row, self.levels, importance, penalty_weight=DIAMETER_PENALTY)
            found.append(best.centers[best.assignments])
        return np.array(found)


def _ranks(weights: FloatArray) -> FloatArray:
    """Return the index of each weight among the distinct values of its vector, in ascending order."""
    return np.array([np.unique(row, return_inverse=True)[1] for row in weights])


def _pruned_bits(kept: int) -> float:
    """Bits a weight that keep `kept` of them: their values, and which they are."""
    return float(kept * FLOAT_BITS + np.log2(float(special.comb(FEATURES, kept, exact=True)))) / FEATURES
