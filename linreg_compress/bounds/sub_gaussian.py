"""The simple mutual-information bound: sub-Gaussian loss.

Setting. A channel P(What | W) that sees the weights alone, so ``I(S; What) = I(W; What) <= R``; the loss of a fixed w is
``s(w) chi^2_1`` with ``s(w) = sigma^2 + |w - w*|^2_Sigma``; its lower tail satisfies
``ln E exp(-lambda (l - E l)) <= lambda^2 s^2``, that of a sub-Gaussian variable with parameter ``sqrt(2) s`` (derivation
``chi-square-loss-cumulant``).

Statement. ``gen(What) <= 2 s_max sqrt(I / n)`` with s_max the supremum of s over the codebook.
"""

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress.bounds.bound import GAUSSIAN_DATA, GENERALIZATION_ERROR, SEES_WEIGHTS_ALONE, Bound


def sub_gaussian_bound(samples: int, information_nats: float, loss_scale: float) -> Bound:
    """Bound the generalization error by ``2 s_max sqrt(I / n)``.

    Parameters
    ----------
    samples : int
        n.
    information_nats : float
        I(S; What) or anything above it: the rate of a design-blind code. The rate of a design-AWARE code is not.
    loss_scale : float
        s_max, squared units of y, the supremum of s(w) over the codebook.

    Returns
    -------
    Bound
        kind "upper" of "generalization_error".

    References
    ----------
    Xu and Raginsky 2017, theorem 1 (arXiv 1705.07809v2), as Bu, Gao, Zou and Veeravalli 2020 use it.

    Examples
    --------
    >>> sub_gaussian_bound(100, information_nats=1.0, loss_scale=2.0).value
    0.4
    """
    n = valid.count("samples", samples)
    information = valid.nonnegative_number("information_nats", information_nats)
    scale = valid.positive_number("loss_scale", loss_scale)
    return Bound(
        name="sub-gaussian",
        value=float(2 * scale * np.sqrt(information / n)),
        of=GENERALIZATION_ERROR,
        kind="upper",
        assumptions=(SEES_WEIGHTS_ALONE, GAUSSIAN_DATA, "s(w) <= loss_scale on the whole codebook"),
        reference="Xu and Raginsky 2017, theorem 1",
    )
