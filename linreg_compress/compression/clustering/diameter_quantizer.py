"""The compressor of the paper (arXiv:1901.09421) as a channel: every weight vector gets its own penalized codebook."""

from dataclasses import dataclass, field

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.diameter_kmeans import diameter_kmeans
from linreg_compress.compression.clustering.kmeans import KMeansQuantizer
from linreg_compress.compression.clustering.record import Clustering
from linreg_compress.records import readable


@readable
@dataclass(frozen=True)
class DiameterKMeansQuantizer(KMeansQuantizer):
    """Hessian-weighted k-means of each weight vector with a penalty on the distance between its end levels.

    The rate counts the indices, ``d ln K`` nats, though a strong penalty leaves fewer levels in use.

    Raises
    ------
    InvalidInputError
        If a number is out of range, or `penalty` has another name.

    Examples
    --------
    >>> import numpy as np
    >>> weights, gram = np.array([-1.0, 0.0, 3.0]), np.diag([4.0, 4.0, 4.0])
    >>> DiameterKMeansQuantizer(3, samples=8, penalty_weight=0.5).compress(weights, gram=gram).round(6).tolist()
    [0.0, 0.0, 2.0]
    """

    hessian_weighted: bool = True
    """Whether importances are ``2 G_jj / n``, the diagonal of the Hessian of the empirical risk; else all are one."""
    samples: int = field(kw_only=True)
    """n, the number of training samples: unlike without a penalty, the size of the importances counts."""
    penalty_weight: float = field(default=1.0, kw_only=True)
    """beta, zero or positive, in units of importance (squared) or of importance times weight (linear)."""
    penalty: str = field(default="squared", kw_only=True)
    """``beta D^2`` ("squared") or ``beta D`` ("linear"), D the distance between the largest and the smallest level."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "samples", valid.count("samples", self.samples))
        object.__setattr__(self, "penalty_weight", valid.nonnegative_number("penalty_weight", self.penalty_weight))
        valid.choice("penalty", self.penalty, ("squared", "linear"))

    @property
    def name(self) -> str:
        """``diameter-kmeans-K``."""
        return f"diameter-kmeans-{self.levels}"

    def _clustering(self, weights: FloatArray, importance: FloatArray | None) -> Clustering:
        scaled = None if importance is None else 2 * importance / self.samples
        return diameter_kmeans(weights, self.levels, scaled, self.penalty_weight, self.penalty)
