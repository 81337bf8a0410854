"""The one source of randomness of the Monte Carlo tests: the same streams every time, or new ones throughout.

A test asks for stream 5 by ``seeds.generator(5)``, or hands ``seeds.number(5)`` to `simulate` and its like. Without
``--fresh-seeds`` these are ``np.random.default_rng(5)`` and 5. With it both are derived from one entropy, drawn once a
session and printed, so that ``--fresh-seeds=ENTROPY`` repeats the run. It is set before any test module is imported, in
every worker process.
"""

import numpy as np

_entropy: int | None = None


def use(entropy: int | None) -> None:
    """Derive every later stream from `entropy`; None restores the committed streams."""
    global _entropy  # noqa: PLW0603 (one entropy a process is the point)
    _entropy = entropy


def generator(*key: int) -> np.random.Generator:
    """Make the generator of one stream."""
    if _entropy is None:
        return np.random.default_rng(key[0] if len(key) == 1 else list(key))
    return np.random.default_rng(np.random.SeedSequence(_entropy, spawn_key=key))


def number(seed: int) -> int:
    """Return a seed for a function of the package that makes its own streams."""
    if _entropy is None:
        return seed
    return int(np.random.SeedSequence(_entropy, spawn_key=(seed,)).generate_state(1)[0])
