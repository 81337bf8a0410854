"""From the rows at hand to new rows: what an error of the weights costs where it was not fitted.

Setting: rows iid N(0, Sigma); e = What - W; u = W - w*; G = X^T X = R^T R with R upper triangular. What a quantizer adds
to the error on new rows is ``change = e^T Sigma e + 2 e^T Sigma u``. Sigma is unknown, and G / n in its place would be far
too hopeful: W was made to fit those very rows. But ``R e`` and ``R u`` are known in a simulation given X, and their law
says what Sigma would give, on average over X.

Worked out for this package; the tests hold both functions against simulation from raw data. Both need Gaussian features;
where leverages are uneven, new rows cost more.
"""

from typing import NamedTuple

import numpy as np

from linreg_compress._validation import FloatArray


class Change(NamedTuple):
    """A change on new rows, one for each draw."""

    square: FloatArray
    """The part of second order in e. It scales with Sigma, which the data leave open by some ``1 +- sqrt(2 / n)``."""
    rest: FloatArray
    """The rest, which does not scale with Sigma."""


def blind_change(errors: FloatArray, noise: FloatArray, variances: FloatArray, samples: int) -> Change:
    """Change of the error on new rows for a quantizer of W alone.

    Given X, ``E e^T Sigma u = sigma^2 tr(Sigma G^-1 E De)`` (Stein), De the derivative of e(W), and
    ``E Sigma G^-1 = I / (n - d - 1)``, while what is known has ``E e^T G u = sigma^2 tr E De``. So the second term of the
    change is ``e^T G u / (n - d - 1)`` on average. Of the first, ``e^T G e / n`` is right for what e has independent of u,
    but G was small where u is large (``E[G | W]``, the derivation ``conditional-gram``); what that hides is of second order
    in e^T G u:

        e^T Sigma e = e^T G e / n + ((e^T G u)^2 / sigma^2 - e^T G e) / (n (n - d - 1))

    on average. Both are exact for ``e = -c W + (anything independent of G and u)`` and any Sigma, hence for e = -W, all
    weights dropped, and for e = -u, where they add up to ``-sigma^2 d / (n - d - 1)``. For other quantizers De must vary
    little with G.

    `errors` are R e and `noise` is R u, both of shape (J, d); `variances` are sigma^2, shape (J,), and `samples` is n, at
    least d + 2. The value is unbiased over X, noise and draws.
    """
    n, left = samples, samples - errors.shape[1] - 1
    a, b = (np.einsum("jk,jk->j", errors, other) for other in (errors, noise))
    return Change(a / n + (b * (b / variances) - a) / (n * left), 2 * b / left)


def successive_change(errors: FloatArray, noise: FloatArray, variances: FloatArray, samples: int) -> Change:
    """Do the same for successive quantization (gptq), columns in the order of R: the one rounded first comes last.

    Here e is made from G: with r = What - t the rounding errors, ``(R e)_i = R_ii r_i``. Given what was rounded before, t_i
    is an unbiased estimate of the best coefficient of column i, from a regression on i columns whose noise is
    ``sigma^2 + h_i``, h_i the excess risk so far; so the excess risk is a Markov chain,

        h_{i-1} = h_i + E (R e)_i^2 / (n - i + 1) + (sigma^2 + h_i) / (n - i - 1)
                      + 2 E (R e)_i (R u)_i (1 + h_i / sigma^2) / (n - i - 1),      i = d, ..., 1,   h_d = 0.

    Without quantization the chain ends at ``sigma^2 d / (n - d - 1)``. Parameters and value as for `blind_change`.
    """
    n, d = samples, errors.shape[1]
    squares, products = errors**2, errors * noise
    slopes = products.mean(axis=0) / variances.mean()
    square, rest, before = np.zeros((3, len(errors)))
    for i in range(d, 0, -1):
        left = n - i - 1
        growth = 1 + (1 + 2 * slopes[i - 1]) / left
        square = square * growth + squares[:, i - 1] / (n - i + 1)
        rest = rest * growth + (2 * products[:, i - 1] + variances) / left
        before = before * (1 + 1 / left) + variances / left
    return Change(square, rest - before)
