"""Bartlett's factor of a Wishart matrix, many at once.

``G = T^T T`` has the law W_d(n, I) if the entries of the upper triangular T are independent, ``T_ii^2 ~ chi^2_{n-i}``
(i from 0) and N(0, 1) above the diagonal, n >= d. Source: Bartlett 1933; Muirhead 1982, theorem 3.2.14.

The batch is the last axis: then a row of T against a vector is a sum of long products for all matrices at once, and neither
small matrices nor large ones need a call each.
"""

from itertools import pairwise

import numpy as np

from linreg_compress._validation import FloatArray


class BartlettFactors:
    """Space for factors, drawn again and again.

    Parameters
    ----------
    samples, features : int
        n >= d.
    most : int
        Largest batch.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> factors = BartlettFactors(samples=9, features=3, most=5)
    >>> normals = factors.draw(5, rng=rng)
    >>> bool(np.allclose(factors.times(factors.solve(normals)), normals))
    True
    """

    def __init__(self, samples: int, features: int, most: int) -> None:
        self.features = features
        self._starts = np.concatenate([[0], np.cumsum(features - np.arange(features))])
        self._shapes = (samples - np.arange(features)) / 2
        self._space = np.empty(int(self._starts[-1]) * most)
        self._rows: list[FloatArray] = []

    def draw(self, size: int, *, rng: np.random.Generator) -> FloatArray:
        """Draw `size` factors, and a vector z ~ N(0, I) for each; return z, shape (d, size)."""
        starts, d = self._starts, self.features
        packed = self._space[: int(starts[-1]) * size].reshape(-1, size)
        rng.standard_normal(out=packed)
        normals: FloatArray = packed[starts[:-1]]  # the diagonal's places are drawn too: z, before they are filled
        packed[starts[:-1]] = np.sqrt(2 * rng.standard_gamma(self._shapes[:, None], (d, size)))
        self._rows = [packed[start:stop] for start, stop in pairwise(starts)]
        return normals

    def solve(self, vectors: FloatArray) -> FloatArray:
        """Return ``T^{-1} x``, shape (d, size), by back substitution."""
        found = np.empty_like(vectors)
        for i in reversed(range(self.features)):
            row = self._rows[i]
            np.einsum("jt,jt->t", row[1:], found[i + 1 :], out=found[i])
            np.subtract(vectors[i], found[i], out=found[i])
            found[i] /= row[0]
        return found

    def times(self, vectors: FloatArray) -> FloatArray:
        """Return ``T x``, shape (d, size)."""
        found = np.empty_like(vectors)
        for i, row in enumerate(self._rows):
            np.einsum("jt,jt->t", row, vectors[i:], out=found[i])
        return found

    def matrices(self) -> FloatArray:
        """Return T in full, shape (size, d, d)."""
        size, d = self._rows[0].shape[1], self.features
        full = np.zeros((size, d, d))
        for i, row in enumerate(self._rows):
            full[:, i, i:] = row.T
        return full
