"""Random first centres for a local search: k-means++ in its greedy form.

Source: Arthur and Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007, section 2.2 for the sampling
and section 7 for taking the best of several candidates.
"""

import numpy as np

from linreg_compress._validation import FloatArray


def spread_centers(vectors: FloatArray, h: FloatArray, size: int, rng: np.random.Generator) -> FloatArray:
    """Return `size` of the vectors as centres, each drawn with probability proportional to its share of the cost so far.

    Of ``2 + floor(ln size)`` candidates for each further centre that one is taken which lowers the cost most. Fewer centres
    come back where every vector with importance is a centre already.
    """
    candidates = 2 + int(np.log(size))
    centers = vectors[rng.choice(len(vectors), 1, p=h / h.sum())]
    nearest = _squared(vectors, centers[0])
    for _ in range(size - 1):
        shares = h * nearest
        total = shares.sum()
        if not total > 0:
            break
        drawn = rng.choice(len(vectors), candidates, p=shares / total)
        left = [np.minimum(nearest, _squared(vectors, vectors[place])) for place in drawn]
        best = int(np.argmin([h @ each for each in left]))
        centers, nearest = np.concatenate([centers, vectors[drawn[best]][None]]), left[best]
    return centers


def _squared(vectors: FloatArray, center: FloatArray) -> FloatArray:
    return np.square(vectors - center).sum(axis=-1)
