"""The quantizers that people call by name: each name once, with what it is made from and how it is made.

The command line (`risk`, `bounds`, `check`, `simulate`, `quantize`), `advise`, `expected_distortion` and the conformance
suite read this table. To add a quantizer, write its file and add its row here. The parser of the command line reads the
table too, so a row's functions import what they need when they are called, and the table itself loads no NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from linreg_compress import names
from linreg_compress.errors import InvalidInputError

if TYPE_CHECKING:
    from linreg_compress._validation import FloatArray
    from linreg_compress.compression.channel import Channel
    from linreg_compress.compression.clustering.record import Clustering
    from linreg_compress.compression.scalar.cells import CellQuantizer
    from linreg_compress.compression.scalar.sources import Source
    from linreg_compress.model import LinearModel

STEP, LEVELS, BITS = "step", "levels", "bits_per_weight"
PENALTIES = ("squared", "linear")


@dataclass(frozen=True)
class Penalty:
    """The penalty on the distance D between the largest and the smallest level of a fitted codebook."""

    weight: float | None = None
    """beta, zero or positive; None is the quantizer's own default."""
    kind: str = "squared"
    """``beta D^2`` ("squared") or ``beta D`` ("linear")."""


@dataclass(frozen=True)
class NamedQuantizer:
    """A quantizer that people call by name, and how it is made; a new one needs `needs` and one of the three makers."""

    name: str
    needs: str = ""
    """The one number that it is made from: "step", "levels" or "bits_per_weight"; empty if it needs none."""
    design: Callable[[Any, Any], CellQuantizer] | None = None
    """Makes the cells for the law of one weight, a `Source`, from a number that `designed_by` names."""
    designed_by: str | None = None
    """What `design` takes; by default what the quantizer needs."""
    build: Callable[[LinearModel, Any, Penalty], Channel] | None = None
    """Makes the channel for a model, centred at 0. By default these are the cells for the law of the model's weights."""
    cluster: Callable[[FloatArray, int, FloatArray | None, Penalty], Clustering] | None = None
    """Makes a codebook of at most K levels for the weights at hand and their importances. By default the cells are designed
    for these weights as a sample, where `design` takes a number of levels.
    """
    centroids: bool = False
    """Whether every level is the mean of its cell."""
    linear: bool = False
    """Whether it keeps a share of each weight and adds independent noise: then the boundary tau^2 = v is exact."""
    feeds_forward: bool = False
    """Whether weights are rounded to the cells one after the other and every error is fed forward through X^T X."""
    fitted: bool = False
    """Whether it is a k-means codebook of the weights at hand, so that the decoder needs every level."""
    by_hessian: bool = False
    """Whether the importances of a fitted codebook are the diagonal of the Hessian of the empirical risk."""
    penalty_weight: float | None = None
    """The penalty beta that it has where none is given; None for no penalty."""

    @property
    def penalized(self) -> bool:
        """Whether it shrinks on purpose, at every number of levels."""
        return self.penalty_weight is not None

    @property
    def designs_by(self) -> str | None:
        """What `design` takes, None where there is no design."""
        if self.design is None:
            return None
        return self.needs if self.designed_by is None else self.designed_by

    @property
    def by_levels(self) -> bool:
        """Whether b bits a weight make 2^b levels of it, indices of fixed length: `advise` tries these quantizers."""
        return self.fitted or self.designs_by == LEVELS

    @property
    def takes_codebooks(self) -> bool:
        """Whether `codebook` works: `quantize` offers these quantizers."""
        return self.cluster is not None or (self.designs_by == LEVELS and not self.feeds_forward)

    def cells(self, source: Source, number: float | None = None) -> CellQuantizer:
        """Design the cells for the law of one weight; `number` is what `designs_by` names."""
        if self.design is None:
            raise InvalidInputError("quantizer", "must have cells that are designed for a law", self.name)
        return self.design(source, number) if self.designs_by else self.design(source, None)

    def channel(self, model: LinearModel, number: float | None = None, penalty: Penalty | None = None) -> Channel:
        """Make the channel for the least-squares weights of a model, centred at 0.

        Parameters
        ----------
        number : int or float, optional
            What `needs` names: the step, the number of levels, or bits per weight.
        penalty : Penalty, optional
            Of a fitted codebook; the others ignore it.

        Raises
        ------
        InvalidInputError
            If the number is out of range.
        UnsupportedModelError
            If the weights of the model have no law for which the quantizer is designed.

        Examples
        --------
        >>> from linreg_compress.model import LinearModel
        >>> find("gptq").channel(LinearModel(samples=80, features=50), 4).name
        'gptq-4'
        """
        if self.build is not None:
            return self.build(model, number, penalty or Penalty())
        from linreg_compress.compression.scalar.sources import source_for

        cells = self.cells(source_for(model), number)
        if not self.feeds_forward:
            return cells
        from linreg_compress.compression.successive import SuccessiveQuantizer

        return SuccessiveQuantizer(cells, name=f"{self.name}-{len(cells.levels)}")

    def codebook(
        self, weights: FloatArray, levels: int, importance: FloatArray | None = None, penalty: Penalty | None = None
    ) -> Clustering:
        """Make a codebook of at most `levels` levels for the weights at hand, with a lower bound of the best objective."""
        if self.cluster is not None:
            return self.cluster(weights, levels, importance, penalty or Penalty())
        from linreg_compress.compression.clustering.codebooks import clustered_by
        from linreg_compress.compression.scalar.empirical_source import EmpiricalSource

        return clustered_by(self.cells(EmpiricalSource(weights, importance), levels), weights, levels, importance)


def find(name: str) -> NamedQuantizer:
    """Return the row of a quantizer.

    Raises
    ------
    InvalidInputError
        If there is none of this name.
    """
    return names.find("quantizer", {row.name: row for row in QUANTIZERS}, name, "quantizer")


def _uniform_cells(source: Source, levels: int) -> CellQuantizer:
    from linreg_compress.compression.scalar.uniform import optimal_uniform

    return optimal_uniform(source, levels)


def _unlimited_uniform(model: LinearModel, step: float, _: Penalty) -> Channel:
    from linreg_compress.compression.scalar.uniform import UniformQuantizer

    del model
    return UniformQuantizer(step)


def _equal_steps(weights: FloatArray, levels: int, importance: FloatArray | None, _: Penalty) -> Clustering:
    from linreg_compress.compression.clustering.codebooks import equal_steps

    return equal_steps(weights, levels, importance)


def _lloyd_max(source: Source, levels: int) -> CellQuantizer:
    from linreg_compress.compression.scalar.lloyd_max import lloyd_max

    return lloyd_max(source, levels)


def _sign(source: Source, _: None) -> CellQuantizer:
    from linreg_compress.compression.scalar.sign import sign_quantizer

    return sign_quantizer(source)


def _entropy_constrained(source: Source, bits: float) -> CellQuantizer:
    from linreg_compress.compression.scalar.entropy_constrained import entropy_constrained

    return entropy_constrained(source, bits)


def _dithered(model: LinearModel, bits: float, _: Penalty) -> Channel:
    import numpy as np

    from linreg_compress.compression.dithered import DitheredUniform

    return DitheredUniform.for_model(model, bits_per_weight=bits, center=np.zeros(model.features))


def _kmeans_channel(
    model: LinearModel, levels: int, penalty: Penalty, *, by_hessian: bool, default: float | None
) -> Channel:
    beta = default if penalty.weight is None else penalty.weight
    if beta is None:
        from linreg_compress.compression.clustering.kmeans import KMeansQuantizer

        return KMeansQuantizer(levels, by_hessian)
    from linreg_compress.compression.clustering.diameter_quantizer import DiameterKMeansQuantizer

    return DiameterKMeansQuantizer(levels, by_hessian, samples=model.samples, penalty_weight=beta, penalty=penalty.kind)


def _kmeans(
    weights: FloatArray, levels: int, importance: FloatArray | None, penalty: Penalty, *, default: float | None
) -> Clustering:
    beta = default if penalty.weight is None else penalty.weight
    if beta is None:
        from linreg_compress.compression.clustering.kmeans import kmeans

        return kmeans(weights, levels, importance)
    from linreg_compress.compression.clustering.diameter_kmeans import diameter_kmeans

    return diameter_kmeans(weights, levels, importance, beta, penalty.kind)


def _fitted(name: str, *, by_hessian: bool, default: float | None = None) -> NamedQuantizer:
    """Return the row of a codebook that is fitted to each weight vector; `default` is beta where none is given."""
    return NamedQuantizer(
        name,
        LEVELS,
        build=partial(_kmeans_channel, by_hessian=by_hessian, default=default),
        cluster=partial(_kmeans, default=default),
        fitted=True,
        by_hessian=by_hessian,
        penalty_weight=default,
    )


QUANTIZERS: list[NamedQuantizer] = [
    NamedQuantizer(
        "uniform", STEP, design=_uniform_cells, designed_by=LEVELS, build=_unlimited_uniform, cluster=_equal_steps
    ),
    NamedQuantizer("lloyd-max", LEVELS, design=_lloyd_max, cluster=partial(_kmeans, default=None), centroids=True),
    NamedQuantizer("sign", design=_sign, centroids=True),
    NamedQuantizer("entropy-constrained", BITS, design=_entropy_constrained, centroids=True),
    NamedQuantizer("dithered", BITS, build=_dithered, linear=True),
    NamedQuantizer("gptq", LEVELS, design=_lloyd_max, feeds_forward=True),
    _fitted("kmeans", by_hessian=False),
    _fitted("hessian-kmeans", by_hessian=True),
    _fitted("diameter-kmeans", by_hessian=True, default=1.0),
]
