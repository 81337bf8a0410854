"""A design of the comparison table: what the table's columns mean, and what the rows of a design share.

Both designs have n = 80, d = 50, sigma^2 = 1, Sigma = I and true weights N(0, tau^2 I), tau^2 = v / 4 ("weak") or 4 v
("strong"), v = 1/29 the variance of a least-squares weight given the truth.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import special

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.compression.scalar.normal_mass import normal_mass
from linreg_compress.gallery import meanings
from linreg_compress.gallery.figure import Row
from linreg_compress.least_squares.spectrum import average_over_spectra
from linreg_compress.quadratic_laws import chi_square_nodes

SAMPLES, FEATURES = 80, 50
REGIMES: Mapping[str, float] = {name: meanings.REGIMES[name] for name in ("weak", "strong")}
BITS = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
FLOAT_BITS = 16  # of a number that is stored as it is
# and NAME_se is the standard error of a mean (delta method for entropies and gaps), 0 where it is exact
COLUMNS: Mapping[str, str] = {
    "design": "the regime, weak or strong",
    "compressor": "its name",
    "bits": "the nominal rate b. Level counts are 2^b (no row where that is not whole, or not below d for the clusterings, "
    "which would lose nothing); lattices have the step at which the index of a rounded weight has entropy b; pruning "
    "keeps the most weights whose store fits",
    "fixed_rate_bits": "of an index of fixed length, a weight; blank for lattices, whose levels have no end. Pruning: "
    "16-bit floating-point numbers for the kept weights, and log2 C(d, k) bits for the set. Gaussian codes: R itself",
    "codebook_bits": "what a codebook made from the weights themselves costs, 16 bits a level; 0 for one agreed before",
    "entropy_bits": "entropy of the index of one weight, its law taken over all data sets: one code, agreed before",
    "huffman_bits": "mean length of Huffman's code for that law",
    "normalized_distortion": "E |What - W|^2 / (d V), V = tau^2 + v",
    "empirical_increase": "expected change of the empirical risk, against least squares",
    "population_risk_change": "expected change of the population risk, against least squares",
    "gap_to_rate_distortion_bits": "rate less (1/2) log2(1 / normalized_distortion), the Gaussian R(D) of the weights, 0 "
    "above D(0). The rate is entropy_bits + codebook_bits, and fixed_rate_bits for pruning",
    "gap_to_aware_limit_bits": "the same rate less that at which the design-aware Gaussian code (both ends know X; reverse "
    "water-filling in the eigenbasis of X^T X) has the same empirical_increase: R(D) for the distortion that least "
    "squares itself measures",
    "source": "exact (closed form or quadrature), exact average (over spectra of X^T X) or monte carlo (all simulated "
    "compressors see the same stream of data)",
}
ESTIMATED = (
    "entropy_bits",
    "huffman_bits",
    "normalized_distortion",
    "empirical_increase",
    "population_risk_change",
    "gap_to_rate_distortion_bits",
    "gap_to_aware_limit_bits",
)
SPECTRA = 1024  # that the aware code is averaged over
LIMIT_BITS = np.unique(  # where the aware limit is computed; between them it is interpolated to 1e-4 bit
    np.concatenate([np.arange(20) / 100, np.arange(8, 40) / 40, np.arange(8, 24) / 8, np.arange(6, 25) / 2, BITS])
)
_SPREADS = 14.0  # standard deviations that the cells of a lattice are listed to: t_31 has 1e-14 beyond
Values = dict[str, float | str]
LN2 = float(np.log(2.0))


@dataclass(frozen=True, eq=False)
class Design:
    """A regime and what its rows share."""

    name: str
    """Name of the regime."""
    model: lc.LinearModel
    """Where its data come from."""

    @property
    def variance(self) -> float:
        """V, of a weight around the codebook's centre."""
        return self.model.signal_variance + self.model.weight_variance

    @cached_property
    def aware(self) -> tuple[FloatArray, FloatArray]:
        """Means and standard errors of the aware Gaussian code, a row for each of `LIMIT_BITS`.

        The columns: empirical increase, population risk change, normalized distortion.
        """
        n, d, s2, t2 = SAMPLES, FEATURES, self.model.noise_variance, self.model.signal_variance
        rates = lc.rate_nats_from_bits(LIMIT_BITS, d)

        def of_spectra(g: FloatArray) -> FloatArray:
            split = lc.reverse_water_filling((t2 * g + s2)[:, None, :], np.broadcast_to(rates, (len(g), len(rates))))
            delta, left, g = split.normalized_distortions, split.distortions, g[:, None, :]
            parts = [left.sum(-1) / n, (delta * (t2 - s2 / g)).sum(-1), (left / g).sum(-1) / (d * self.variance)]
            return np.concatenate(parts, axis=1)

        means, errors = average_over_spectra(of_spectra, n, d, spectra=SPECTRA)
        return means.reshape(3, -1).T, errors.reshape(3, -1).T

    def aware_limit(self, increase: float) -> tuple[float, float]:
        """Bits a weight that the aware Gaussian code needs for an empirical increase, and their derivative in it."""
        from scipy.interpolate import PchipInterpolator

        increases = self.aware[0][:, 0]
        if increase >= increases[0]:
            return 0.0, 0.0
        bits, x = PchipInterpolator(-np.log(increases), LIMIT_BITS), -np.log(increase)
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

    def probabilities(self, quantizer: lc.CellQuantizer | lc.UniformQuantizer) -> FloatArray:
        """Probabilities of the cells under the law of a weight, a scale mixture of normals."""
        if isinstance(quantizer, lc.UniformQuantizer):
            reach = np.ceil(_SPREADS * np.sqrt(self.variance) / quantizer.step) + 1
            quantizer = quantizer.cells(float(quantizer.offset), reach * quantizer.step)
        edges = np.concatenate([[-np.inf], quantizer.thresholds, [np.inf]])
        q, weights = chi_square_nodes(self.model.degrees_of_freedom, 0.35)
        deviations = np.sqrt(self.model.noise_variance / q + self.model.signal_variance)
        return weights @ normal_mass(edges / deviations[:, None])

    @cached_property
    def lattices(self) -> Mapping[float, lc.UniformQuantizer]:
        """For each of `BITS` the mid-tread lattice whose index has this entropy."""
        return {bits: self._lattice(bits) for bits in BITS}

    def _lattice(self, bits: float) -> lc.UniformQuantizer:
        from scipy.optimize import brentq

        def excess(log_step: float) -> float:
            p = self.probabilities(lc.UniformQuantizer(float(np.exp(log_step))))
            return float(special.entr(p).sum()) / LN2 - bits

        # a fine lattice has the differential entropy of a weight less log2 of its step; a coarse one has more
        fine = np.log(2 * math.pi * math.e * self.variance) / 2 - bits * LN2
        root = brentq(excess, fine - 0.1, fine + 1.4, xtol=1e-14, rtol=1e-14)
        return lc.UniformQuantizer(float(np.exp(root)))


def rate_bits(row: Mapping[str, float | str]) -> float:
    """Bits a weight that a row's gaps are measured from."""
    index = row["fixed_rate_bits"] if row["entropy_bits"] == "" else row["entropy_bits"]
    return float(index) + float(row["codebook_bits"])


def whole_levels(bits: float) -> int:
    """Return 2^b if it is whole and above one, else 0."""
    return int(2**bits) if bits >= 1 and bits == int(bits) else 0
