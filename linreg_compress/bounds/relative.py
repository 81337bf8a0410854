"""A bound with no supremum: the RELATIVE generalization error.

Setting. A channel P(What | W); loss of a fixed w equal in law to ``s(w) chi^2_1``, with s(w) = L_mu(w) the population risk
of w itself. No codebook has to be bounded.

Statement. ``E[1 - L_S(What) / L_mu(What)] <= 1 + W_0(-exp(-1 - 2 I / n)) <= 2 sqrt(I / n)``.

Why. In the Donsker-Varadhan inequality take lambda / s(w) in place of lambda: the cumulant of ``l / s ~ chi^2_1`` no longer
depends on w, so nothing is left to average or to bound. Worked out for this package: derivation
``relative-generalization-bound``.
"""

from linreg_compress import _validation as valid
from linreg_compress.bounds.bound import GAUSSIAN_DATA, SEES_WEIGHTS_ALONE, Bound
from linreg_compress.bounds.lambert import lambert_factor, twice_a_sample


def relative_bound(samples: int, information_nats: float) -> Bound:
    """Bound ``E[1 - L_S(What) / L_mu(What)]``, the share of the population risk that training does not show.

    Parameters
    ----------
    samples : int
        n.
    information_nats : float
        I(S; What) or anything above it: the rate of a design-blind code.

    Returns
    -------
    Bound
        kind "upper" of "relative_generalization_error", a number between 0 and 1 without unit.

    Examples
    --------
    >>> round(relative_bound(80, information_nats=34.657).value, 4)
    0.8136
    """
    n = valid.count("samples", samples)
    information = valid.nonnegative_number("information_nats", information_nats)
    return Bound(
        name="relative",
        value=float(lambert_factor(twice_a_sample(information, n))),
        of="relative_generalization_error",
        kind="upper",
        assumptions=(SEES_WEIGHTS_ALONE, GAUSSIAN_DATA),
        reference="this package, derivation relative-generalization-bound",
    )
