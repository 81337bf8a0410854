"""The comparison table: every compressor at 0.5 to 8 bits a weight, beside the limits, signal below and above the noise.

Both designs have n = 80, d = 50, sigma^2 = 1, Sigma = I and true weights N(0, tau^2 I), tau^2 = v / 4 ("weak") or 4 v
("strong"), v = 1/29 the variance of a least-squares weight given the truth. A row is one compressor at one nominal rate:

- bits: the nominal rate b. Level counts are 2^b (no row where that is not whole, or not below d for the clusterings, which
  would lose nothing); lattices have the step at which the index of a rounded weight has entropy b; pruning keeps the most
  weights whose store fits.
- fixed_rate_bits: of an index of fixed length, a weight; blank for lattices, whose levels have no end. Pruning: 16-bit
  floating-point numbers for the kept weights, and log2 C(d, k) bits for the set. Gaussian codes: R itself.
- codebook_bits: what a codebook made from the weights themselves costs, 16 bits a level; 0 for one agreed before.
- entropy_bits, huffman_bits: of the index of one weight, its law taken over all data sets: one code, agreed before.
- normalized_distortion: E |What - W|^2 / (d V), V = tau^2 + v.
- empirical_increase, population_risk_change: expected, against least squares.
- gap_to_rate_distortion_bits: rate less (1/2) log2(1 / normalized_distortion), the Gaussian R(D) of the weights.
- gap_to_aware_limit_bits: rate less that at which the design-aware Gaussian code (both ends know X; reverse water-filling
  in the eigenbasis of X^T X) has the same empirical_increase: R(D) for the distortion that least squares itself measures.
  In both gaps the rate is entropy_bits + codebook_bits, and fixed_rate_bits for pruning; R(D) is 0 above D(0).
- source: "exact" (closed form or quadrature), "exact average" (over spectra of X^T X) or "monte carlo" (all simulated
  compressors see the same stream of data).
- a column's _se is the standard error of the mean (delta method for entropies and gaps), 0 where exact.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from scipy import optimize, special
from scipy.interpolate import PchipInterpolator

from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.expected import expected_compressed_risks
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks
from linreg_compress.compression.cells import CellQuantizer
from linreg_compress.compression.channel import Channel, Compressed
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.entropy_constrained import entropy_constrained
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.compression.hessian_weighted_kmeans import diameter_kmeans, hessian_importance
from linreg_compress.compression.kmeans import KMeansQuantizer
from linreg_compress.compression.lloyd_max import lloyd_max
from linreg_compress.compression.pruning import MagnitudePruning, OptimalBrainSurgeon
from linreg_compress.compression.sign import sign_quantizer
from linreg_compress.compression.sources import source_for
from linreg_compress.compression.successive import ORDERS, SuccessiveQuantizer
from linreg_compress.compression.uniform import UniformQuantizer, optimal_uniform
from linreg_compress.gallery.figure import Row
from linreg_compress.gallery.files import write_table
from linreg_compress.information.discrete import huffman_lengths
from linreg_compress.information.rate_distortion import rate_nats_from_bits, reverse_water_filling
from linreg_compress.laws import chi_square_nodes
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate
from linreg_compress.spectrum import average_over_spectra

SAMPLES, FEATURES = 80, 50
REGIMES = {"weak": 0.25, "strong": 4.0}  # signal variance over estimation noise, tau^2 / v
BITS = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
FLOAT_BITS = 16  # of a number that is stored as it is
TRIALS, QUICK_TRIALS = (1000, 200), (100, 20)  # the second number for clusterings, which take up to 50 ms a vector
DIAMETER_PENALTY = 1.0  # beta of beta D^2, where the importance of a weight is 2 on average
ESTIMATED = (
    "entropy_bits",
    "huffman_bits",
    "normalized_distortion",
    "empirical_increase",
    "population_risk_change",
    "gap_to_rate_distortion_bits",
    "gap_to_aware_limit_bits",
)
SPECTRA = 1024
_LIMIT_BITS = np.unique(  # where the aware limit is computed; between them it is interpolated to 1e-4 bit
    np.concatenate([np.arange(20) / 100, np.arange(8, 40) / 40, np.arange(8, 24) / 8, np.arange(6, 25) / 2, BITS])
)
_SHIFTS = 32  # dithers that the entropy of the cells is averaged over: it is periodic and smooth in the dither
_SPREADS = 14.0  # standard deviations that the cells of a lattice are listed to: t_31 has 1e-14 beyond
Values = dict[str, float | str]
_LN2 = float(np.log(2.0))


@lru_cache(maxsize=2)  # the table and its figure share one run
def comparison_rows(quick: bool = False, seed: int = 0) -> list[Row]:
    """Return the table, one row a design, compressor and nominal rate; the module's docstring defines the columns.

    Parameters
    ----------
    quick : bool, default False
        100 simulated trials in place of 1000, 20 in place of 200 for the clusterings.
    seed : int, default 0
    """
    rows: list[Row] = []
    for cell, (name, ratio) in enumerate(REGIMES.items()):
        noise_of_a_weight = LinearModel(SAMPLES, FEATURES).weight_variance
        design = _Design(name, LinearModel(SAMPLES, FEATURES, signal_variance=ratio * noise_of_a_weight))
        rows += exact_rows(design)
        groups = (list(_successive_and_pruned(design)), list(_clusterings(design)))
        for runs, size in zip(groups, QUICK_TRIALS if quick else TRIALS, strict=True):
            found = simulate(design.model, runs, size, seed=seed, cell=cell)
            changes = [risks.population_risk_change for risks in found.compressed]
            rows += [run.row(change.mean, change.standard_error) for run, change in zip(runs, changes, strict=True)]
    return rows


@dataclass(frozen=True, eq=False)
class _Design:
    """A regime and what its rows share."""

    name: str
    model: LinearModel

    @property
    def variance(self) -> float:
        """V, of a weight around the codebook's centre."""
        return self.model.signal_variance + self.model.weight_variance

    @cached_property
    def aware(self) -> tuple[FloatArray, FloatArray]:
        """Means and standard errors of the aware Gaussian code, a row for each of `_LIMIT_BITS`.

        The columns: empirical increase, population risk change, normalized distortion.
        """
        n, d, s2, t2 = SAMPLES, FEATURES, self.model.noise_variance, self.model.signal_variance
        rates = rate_nats_from_bits(_LIMIT_BITS, d)

        def of_spectra(g: FloatArray) -> FloatArray:
            split = reverse_water_filling((t2 * g + s2)[:, None, :], np.broadcast_to(rates, (len(g), len(rates))))
            delta, left, g = split.normalized_distortions, split.distortions, g[:, None, :]
            parts = [left.sum(-1) / n, (delta * (t2 - s2 / g)).sum(-1), (left / g).sum(-1) / (d * self.variance)]
            return np.concatenate(parts, axis=1)

        means, errors = average_over_spectra(of_spectra, n, d, spectra=SPECTRA)
        return means.reshape(3, -1).T, errors.reshape(3, -1).T

    def aware_limit(self, increase: float) -> tuple[float, float]:
        """Bits a weight that the aware Gaussian code needs for an empirical increase, and their derivative in it."""
        increases = self.aware[0][:, 0]
        if increase >= increases[0]:
            return 0.0, 0.0
        bits, x = PchipInterpolator(-np.log(increases), _LIMIT_BITS), -np.log(increase)
        return float(bits(x)), -float(bits(x, 1)) / increase

    def row(self, compressor: str, bits: float, source: str, values: Values) -> Row:
        """Complete a row: the gaps, and blanks and zeros for what is not given."""
        full: Values = {"design": self.name, "compressor": compressor, "bits": bits}
        full |= {"fixed_rate_bits": "", "codebook_bits": 0.0, "entropy_bits": "", "huffman_bits": ""}
        full |= values
        weights_need = max(0.0, -0.5 * float(np.log2(float(full["normalized_distortion"]))))
        full["gap_to_rate_distortion_bits"] = rate_bits(full) - weights_need
        full["gap_to_aware_limit_bits"] = rate_bits(full) - self.aware_limit(float(full["empirical_increase"]))[0]
        for column in ESTIMATED:
            full[f"{column}_se"] = full.pop(f"{column}_se", 0.0)
        return full | {"source": source}

    def probabilities(self, quantizer: CellQuantizer | UniformQuantizer) -> FloatArray:
        """Probabilities of the cells under the law of a weight, a scale mixture of normals."""
        if isinstance(quantizer, UniformQuantizer):
            reach = int(np.ceil(_SPREADS * np.sqrt(self.variance) / quantizer.step))
            edges = float(quantizer.offset) + quantizer.step * (np.arange(-reach - 1, reach + 1) + 0.5)
        else:
            edges = quantizer.thresholds
        q, weights = chi_square_nodes(self.model.degrees_of_freedom, 0.35)
        deviations = np.sqrt(self.model.noise_variance / q + self.model.signal_variance)
        below = weights @ special.ndtr(edges / deviations[:, None])
        return np.maximum(np.diff(np.concatenate([[0.0], below, [1.0]])), 0.0)

    def lattice(self, bits: float) -> UniformQuantizer:
        """Mid-tread lattice whose index has this entropy."""

        def excess(log_step: float) -> float:
            p = self.probabilities(UniformQuantizer(float(np.exp(log_step))))
            return float(special.entr(p).sum()) / _LN2 - bits

        widest = np.log(np.sqrt(self.variance))  # one standard deviation: 2.1 bits
        root = optimize.brentq(excess, widest - 0.7 * bits - 2, widest + 3, xtol=1e-14, rtol=1e-14)
        return UniformQuantizer(float(np.exp(root)))


def exact_rows(design: _Design) -> list[Row]:
    """Rows that need no simulation."""
    model, source = design.model, source_for(design.model)
    rows = []
    for bits in BITS:
        channel = BlindGaussianChannel.for_model(model, float(rate_nats_from_bits(bits, FEATURES)))
        risks = expected_compressed_risks(model, channel)
        found = (risks.distortion, risks.population_risk_change, risks.normalized_distortion)
        rows.append(_gaussian(design, "gaussian-blind", bits, "exact", np.array(found), np.zeros(3)))
        place = np.searchsorted(_LIMIT_BITS, bits)
        rows.append(_gaussian(design, "gaussian-aware", bits, "exact average", *(part[place] for part in design.aware)))
        rows.append(_scalar(design, "round-to-nearest", bits, design.lattice(bits), ""))
        rows.append(_dithered(design, bits))
        optimal = entropy_constrained(source, bits)
        rows.append(_scalar(design, "entropy-constrained", bits, optimal, float(np.ceil(np.log2(optimal.levels.size)))))
        levels = _whole_levels(bits)
        if levels:
            rows.append(_scalar(design, "uniform", bits, optimal_uniform(source, levels), bits))
            rows.append(_scalar(design, "lloyd-max", bits, lloyd_max(source, levels), bits))
        if levels == 2:
            rows.append(_scalar(design, "sign", bits, sign_quantizer(source), bits))
    return rows


def _gaussian(design: _Design, name: str, bits: float, source: str, means: FloatArray, errors: FloatArray) -> Row:
    columns = ("empirical_increase", "population_risk_change", "normalized_distortion")
    values: Values = {"fixed_rate_bits": bits, "entropy_bits": bits}
    for column, mean, error in zip(columns, means.tolist(), errors.tolist(), strict=True):
        values |= {column: mean, f"{column}_se": error}
    values["gap_to_rate_distortion_bits_se"] = float(errors[2] / (2 * _LN2 * means[2]))
    return design.row(name, bits, source, values)


def _scalar(
    design: _Design, name: str, bits: float, quantizer: CellQuantizer | UniformQuantizer, fixed: float | str
) -> Row:
    risks = scalar_quantizer_risks(design.model, quantizer)
    p = design.probabilities(quantizer)
    values: Values = {
        "fixed_rate_bits": fixed,
        "entropy_bits": float(scalar_quantizer_entropy(design.model, quantizer)) / (FEATURES * _LN2),
        "huffman_bits": float(p @ np.array(huffman_lengths(np.rint(p * 2.0**53)))),
        "normalized_distortion": float(risks.normalized_distortion),
        "empirical_increase": float(risks.distortion),
        "population_risk_change": float(risks.population_risk_change),
    }
    return design.row(name, bits, "exact", values)


def _dithered(design: _Design, bits: float) -> Row:
    """Exact row of ``What = a (W + N)``, N uniform over a step and independent of all else."""
    code = DitheredUniform.for_model(design.model, bits=bits)
    n, v, t2 = SAMPLES, design.model.weight_variance, design.model.signal_variance
    keep, noise = code.kept_fraction, code.step**2 / 12
    shifts = code.step * np.arange(_SHIFTS) / _SHIFTS
    cells = [design.probabilities(UniformQuantizer(code.step, center=shift)) for shift in shifts]
    words = [p @ np.array(huffman_lengths(np.rint(p * 2.0**53))) for p in cells]
    values: Values = {
        "entropy_bits": float(np.mean([special.entr(p).sum() for p in cells])) / _LN2,
        "huffman_bits": float(np.mean(words)),
        "normalized_distortion": float((1 - keep) ** 2 + keep**2 * noise / design.variance),
        "empirical_increase": FEATURES * float((1 - keep) ** 2 * (design.model.noise_variance / n + t2) + keep**2 * noise),
        "population_risk_change": FEATURES * float(keep**2 * (v + noise) + (1 - keep) ** 2 * t2 - v),
    }
    return design.row("dithered", bits, "exact", values)


def _whole_levels(bits: float) -> int:
    """Return 2^b if it is whole and above one, else 0."""
    return int(2**bits) if bits >= 1 and bits == int(bits) else 0


@dataclass(eq=False)
class _Run:
    """A compressor that is simulated, with what is written down of each trial; `simulate` takes it for the compressor.

    Attributes
    ----------
    read : callable or None
        Maps What, shape (trials, d), to the indices that are sent; None if numbers are sent.
    """

    design: _Design
    name: str
    bits: float
    inner: Channel
    read: Callable[[FloatArray], FloatArray] | None
    fixed: float | str
    codebook_bits: float = 0.0
    needs_gram: bool = True
    errors: list[FloatArray] = field(default_factory=list)
    increases: list[FloatArray] = field(default_factory=list)
    indices: list[FloatArray] = field(default_factory=list)

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> Compressed:
        """Compress, and note the errors and the indices."""
        assert gram is not None  # asked for by needs_gram
        found = self.inner.compress(weights, rng=rng, gram=gram if self.inner.needs_gram else None)
        error = found.weights - weights
        self.errors.append(np.mean(error**2, axis=-1) / self.design.variance)
        self.increases.append(np.einsum("ti,tij,tj->t", error, gram, error) / SAMPLES)
        if self.read is not None:
            self.indices.append(self.read(found.weights).astype(np.int16))
        return found

    def row(self, change: float, change_error: float) -> Row:
        """Summarize the trials; the change of the population risk is the simulation's own."""
        delta, increase = np.concatenate(self.errors), np.concatenate(self.increases)
        estimates = {"normalized_distortion": delta, "empirical_increase": increase}
        rate = np.zeros(len(delta))
        if self.read is not None:
            symbols, code = np.unique(np.concatenate(self.indices), return_inverse=True)
            counts = np.bincount(code.ravel(), minlength=symbols.size)
            words = {"entropy_bits": np.log2(code.size / counts), "huffman_bits": np.array(huffman_lengths(counts))}
            estimates |= {name: lengths[code.reshape(len(delta), -1)].mean(axis=1) for name, lengths in words.items()}
            missing = (symbols.size - 1) / (2 * code.size * _LN2)  # bias of a sample's entropy (Miller 1955)
            estimates["entropy_bits"] += min(missing, np.log2(symbols.size) - estimates["entropy_bits"].mean())
            rate = estimates["entropy_bits"]
        # first-order influence of a trial on each gap
        needs_less = delta / (2 * _LN2 * delta.mean()) if delta.mean() < 1 else 0.0
        slope = self.design.aware_limit(float(increase.mean()))[1]
        gaps = {"gap_to_rate_distortion_bits": rate + needs_less, "gap_to_aware_limit_bits": rate - slope * increase}
        values: Values = {name: float(x.mean()) for name, x in estimates.items()}
        values |= {"population_risk_change": change, "population_risk_change_se": change_error}
        for name, x in (estimates | gaps).items():
            values[f"{name}_se"] = float(x.std(ddof=1) / np.sqrt(x.size))
        values |= {"fixed_rate_bits": self.fixed, "codebook_bits": self.codebook_bits}
        return self.design.row(self.name, self.bits, "monte carlo", values)


def _successive_and_pruned(design: _Design) -> Iterator[_Run]:
    for bits in BITS:
        lattice = design.lattice(bits)
        levels = _whole_levels(bits)
        kept = max(k for k in range(FEATURES + 1) if k == 0 or _pruned_bits(k) <= bits)
        for order in ORDERS:
            successive = SuccessiveQuantizer(lattice, order)
            yield _Run(design, successive.name, bits, successive, lattice.indices, "")
        if levels:
            grid = lloyd_max(source_for(design.model), levels)
            successive = SuccessiveQuantizer(grid)
            yield _Run(design, "successive-natural on lloyd-max", bits, successive, grid.indices, bits)
        for pruning in (MagnitudePruning(kept), OptimalBrainSurgeon(kept)):
            yield _Run(design, pruning.name, bits, pruning, None, _pruned_bits(kept))


def _clusterings(design: _Design) -> Iterator[_Run]:
    for bits in BITS:
        levels = _whole_levels(bits)
        if not levels or levels >= FEATURES:
            continue
        codebook = levels * FLOAT_BITS / FEATURES
        for name, channel in (("kmeans", KMeansQuantizer(levels)), ("hessian-kmeans", KMeansQuantizer(levels, True))):
            yield _Run(design, name, bits, channel, _ranks, bits, codebook)
        yield _Run(design, "diameter-kmeans", bits, _DiameterKMeans(levels), _ranks, bits, codebook)


@dataclass(frozen=True)
class _DiameterKMeans:
    """The paper's clustering, each weight vector with the diagonal of its own Hessian."""

    levels: int
    name: str = "diameter-kmeans"
    needs_gram: bool = True

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> Compressed:
        """Cluster vector after vector."""
        del rng
        assert gram is not None  # asked for by needs_gram
        found = []
        for row, matrix in zip(weights, gram, strict=True):
            importance = hessian_importance(matrix, SAMPLES)
            best = diameter_kmeans(row, self.levels, importance, penalty_weight=DIAMETER_PENALTY)
            found.append(best.centers[best.assignments])
        return Compressed(np.array(found), FEATURES * float(np.log(self.levels)))


def _ranks(weights: FloatArray) -> FloatArray:
    """Return the index of each weight among the distinct values of its vector, in ascending order."""
    return np.array([np.unique(row, return_inverse=True)[1] for row in weights])


def _pruned_bits(kept: int) -> float:
    """Bits a weight that keep `kept` of them: their values, and which they are."""
    return float(kept * FLOAT_BITS + np.log2(float(special.comb(FEATURES, kept, exact=True)))) / FEATURES


def write_comparison(folder: Path, *, quick: bool = False, seed: int = 0) -> Path:
    """Write the table to comparison.csv in `folder`, whole or not at all, full precision."""
    return write_table(folder / "comparison.csv", comparison_rows(quick, seed))


def comparison_markdown(rows: Sequence[Mapping[str, float | str]]) -> str:
    """Return the rows at 2 bits a weight as a Markdown table: the distance from the limits and the population risk.

    Parameters
    ----------
    rows : sequence of mapping
        Of `comparison_rows`, or of comparison.csv as `read_table` reads it.
    """
    titles = ("rate", "gap to R(D)", "gap to the aware limit", "population risk")
    head = ["2 bits a weight, weak / strong signal", *titles]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * len(titles) + "|"]
    chosen = [row for row in rows if float(row["bits"]) == 2.0]
    for name in dict.fromkeys(row["compressor"] for row in chosen):
        pair = [next(row for row in chosen if (row["compressor"], row["design"]) == (name, regime)) for regime in REGIMES]
        cells = [" / ".join(f"{rate_bits(row):.2f}" for row in pair)]
        cells += [" / ".join(f"{float(row[column]):.2f}" for row in pair) for column in ESTIMATED[-2:]]
        cells.append(" / ".join(f"{float(row['population_risk_change']):+.3f}" for row in pair))
        lines.append("| " + " | ".join([str(name), *cells]) + " |")
    return "\n".join(lines) + "\n"


def rate_bits(row: Mapping[str, float | str]) -> float:
    """Bits a weight that a row's gaps are measured from."""
    index = row["fixed_rate_bits"] if row["entropy_bits"] == "" else row["entropy_bits"]
    return float(index) + float(row["codebook_bits"])
