"""Compress the weights of a network by the clusterings of the paper: k-means, Hessian-weighted, diameter-regularized."""

import math
from dataclasses import dataclass

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import require
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Coded
from linreg_compress.compression.clustering.diameter_kmeans import diameter_kmeans
from linreg_compress.compression.clustering.kmeans import kmeans
from linreg_compress.compression.clustering.record import Clustering
from linreg_compress.errors import InvalidInputError
from linreg_compress.networks.relu import LayerArrays, ReluNetwork

METHODS = ("kmeans", "hessian-kmeans", "diameter-kmeans")


@dataclass(frozen=True, eq=False)
class CompressedNetwork:
    """A network whose weights are levels of one codebook or of one a layer, and what it takes to send them."""

    network: ReluNetwork
    """The compressed network; biases are those of the original."""
    codebooks: tuple[FloatArray, ...]
    """The levels in use, ascending; one array, or one a layer."""
    entropy_bits_per_weight: float
    """Entropy of the indices of the levels, averaged over all weights; the codebooks themselves are not counted."""
    huffman_bits_per_weight: float
    """Mean length of a word of the optimal prefix codes of the indices, averaged over all weights."""
    kept_shares: tuple[float, ...]
    """Slope a of the levels on the weights, ``<What, W> / |W|^2``, of each codebook: the share that a code keeps as it
    shrinks, as the Gaussian code keeps 1 - delta.
    """

    @property
    def kept_share(self) -> float:
        """The kept share of the only codebook, or the mean over the layers."""
        return sum(self.kept_shares) / len(self.kept_shares)

    def shrunk(self, original: ReluNetwork) -> ReluNetwork:
        """Return ``a W``: the shrinking of the code without its noise."""
        return original.with_weight_vector(self._shares(original) * original.weight_vector)

    def noisy(self, original: ReluNetwork, *, rng: np.random.Generator) -> ReluNetwork:
        """Return ``W + noise``, Gaussian, independent of W and in each codebook as large as what the code adds to a W."""
        kept = self._shares(original)
        require("rng", rng, np.random.Generator)
        added = self.network.weight_vector - kept * original.weight_vector
        parts = np.split(added, np.flatnonzero(np.diff(self._codebook_of(original))) + 1)
        sizes = np.concatenate([np.full(part.size, np.sqrt(np.mean(part**2))) for part in parts])
        return original.with_weight_vector(original.weight_vector + sizes * rng.standard_normal(added.size))

    def _codebook_of(self, original: ReluNetwork) -> FloatArray:
        """Number of the codebook of each weight."""
        sizes = [matrix.size for matrix in original.weights]
        return np.repeat(np.arange(len(self.codebooks)), sizes if len(self.codebooks) > 1 else sum(sizes))

    def _shares(self, original: ReluNetwork) -> FloatArray:
        require("original", original, ReluNetwork)
        if original.layers != self.network.layers:
            found = f"layers {original.layers} beside {self.network.layers}"
            raise InvalidInputError("original", "must be the network that was compressed", found)
        return np.array(self.kept_shares)[self._codebook_of(original)]


def compress_network(
    network: ReluNetwork,
    levels: int,
    method: str = "kmeans",
    *,
    importance: LayerArrays | None = None,
    codebooks: str = "network",
    penalty_weight: float = 0.01,
    penalty: str = "linear",
) -> CompressedNetwork:
    """Put every weight on one of a few levels, by exact clustering; biases are left alone.

    Parameters
    ----------
    network : ReluNetwork
    levels : int
        K, from 1 to the number of weights of a codebook.
    method : {"kmeans", "hessian-kmeans", "diameter-kmeans"}
        Plain k-means; weighted by `importance` (HW); weighted, with a penalty on the distance between the end levels (DRHW,
        the paper's).
    importance : LayerArrays, optional
        What ``network.hessian_diagonal(inputs, labels)`` returns; the two weighted methods need it. It is divided by its
        mean over the weights of a codebook.
    codebooks : {"network", "layer"}
        One codebook for all weights, or one a layer.
    penalty_weight : float, default 0.01
        beta over the number of weights of a codebook, in units of a weight (linear), or without unit (squared).
    penalty : {"linear", "squared"}
        ``beta D``, as in the authors' published code, or ``beta D^2``, as in the paper.

    Raises
    ------
    InvalidInputError
        If a name is unknown, K is too large or too small, or importances are missing, negative or all zero.

    Notes
    -----
    For a linear model, a network of one layer with the squared loss, the importances are those of `hessian_importance`: the
    expansion is exact there with H = 2 X^T X / n (derivation ``quadratic-loss-expansion``).

    Examples
    --------
    >>> network = ReluNetwork([[[0.1, 0.2], [0.9, -0.2]]], [[0.0, 0.5]])
    >>> found = compress_network(network, 2)
    >>> found.network.weights[0].round(6).tolist(), round(found.kept_share, 4), found.huffman_bits_per_weight
    ([[0.033333, 0.033333], [0.9, 0.033333]], 0.9037, 1.0)
    """
    require("network", network, ReluNetwork)
    valid.choice("method", method, METHODS)
    whole = valid.choice("codebooks", codebooks, ("network", "layer")) == "network"
    weights = [network.weight_vector] if whole else [matrix.ravel() for matrix in network.weights]
    fewest = min(part.size for part in weights)
    hint = f"A codebook here serves {fewest} weights."
    size = valid.count("levels", levels, maximum=fewest, hint=hint)
    beta = valid.nonnegative_number("penalty_weight", penalty_weight)
    valid.choice("penalty", penalty, ("linear", "squared"))
    masses = [None] * len(weights) if method == "kmeans" else _importances(network, importance, whole)
    found: list[Coded] = []
    for part, mass in zip(weights, masses, strict=True):
        one: Clustering
        if method == "diameter-kmeans":
            one = diameter_kmeans(part, size, mass, beta * part.size, penalty)
        else:
            one = kmeans(part, size, mass)
        found.append(one.coded(part))
    shares = np.array([part.size for part in weights]) / sum(part.size for part in weights)
    return CompressedNetwork(
        network.with_weight_vector(np.concatenate([one.weights for one in found])),
        tuple(one.codebook for one in found),
        float(shares @ [one.entropy_bits_per_weight for one in found]),
        float(shares @ [one.huffman_bits_per_weight for one in found]),
        tuple(_kept(one) for one in found),
    )


def _importances(network: ReluNetwork, importance: LayerArrays | None, whole: bool) -> list[FloatArray | None]:
    """Importances of the weights of each codebook, of mean one."""
    rule = "must be the diagonal of the Hessian, in the shape of the network"
    advice = "Pass network.hessian_diagonal(inputs, labels)."
    if importance is None:
        raise InvalidInputError("importance", rule, None, advice)
    require("importance", importance, LayerArrays)
    shapes = [np.shape(matrix) for matrix in importance.weights]
    if shapes != [matrix.shape for matrix in network.weights]:
        raise InvalidInputError("importance", rule, f"shapes {shapes}", advice)
    parts = [importance.weight_vector] if whole else [matrix.ravel() for matrix in importance.weights]
    found: list[FloatArray | None] = []
    for part in parts:
        masses = valid.nonnegative("importance", part)
        largest = float(masses.max())
        if largest == 0:
            raise InvalidInputError("importance", "must not be zero everywhere", 0.0, "Use the method kmeans.")
        masses = masses / largest
        found.append(masses / (float(masses.sum()) / masses.size))
    return found


def _kept(coded: Coded) -> float:
    """Slope of the levels on the weights; 1 for weights that are all zero."""
    largest = float(np.abs(coded.original).max())
    if largest == 0:
        return 1.0
    weights, levels = coded.original / largest, coded.weights / largest
    kept = float(weights @ levels) / float(weights @ weights)
    return kept if math.isfinite(kept) else 1.0
