"""The exact cumulant form of the simple bound, closed by Lambert's W.

Setting. As for the sub-Gaussian bound: a channel P(What | W), loss of a fixed w equal in law to ``s(w) chi^2_1`` with
``s(w) <= s_max`` on the codebook.

Statement. With psi(lambda) = lambda s - (1/2) ln(1 + 2 lambda s), the exact log moment of the lower tail,

    gen(What) <= inf_lambda (I/n + psi(lambda)) / lambda = s_max (1 + W_0(-exp(-1 - 2 I / n))).

It is never above the sub-Gaussian form ``2 s_max sqrt(I/n)`` and never above s_max: derivation
``chi-square-below-sub-gaussian``.
"""

from linreg_compress import _validation as valid
from linreg_compress.bounds.bound import GAUSSIAN_DATA, GENERALIZATION_ERROR, SEES_WEIGHTS_ALONE, Bound
from linreg_compress.bounds.lambert import lambert_factor, twice_a_sample


def chi_square_bound(samples: int, information_nats: float, loss_scale: float) -> Bound:
    """Bound the generalization error by ``s_max (1 + W_0(-exp(-1 - 2 I / n)))``.

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
    Xu and Raginsky 2017 (the method); Bu, Zou and Veeravalli 2020 (inverse of the cumulant); the closed form
    was worked out for this package: derivation ``lambert-inverse``.

    Examples
    --------
    >>> round(chi_square_bound(100, information_nats=1.0, loss_scale=2.0).value, 6)
    0.37379
    """
    n = valid.count("samples", samples)
    information = valid.nonnegative_number("information_nats", information_nats)
    scale = valid.positive_number("loss_scale", loss_scale)
    return Bound(
        name="chi-square",
        value=float(scale * lambert_factor(twice_a_sample(information, n))),
        of=GENERALIZATION_ERROR,
        kind="upper",
        assumptions=(SEES_WEIGHTS_ALONE, GAUSSIAN_DATA, "s(w) <= loss_scale on the whole codebook"),
        reference="this package, derivation lambert-inverse; method of Xu and Raginsky 2017",
    )
