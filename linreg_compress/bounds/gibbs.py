"""The Gibbs algorithm: a case where an information measure IS the generalization error.

Setting. Given X and y draw What from the density proportional to ``exp(-alpha L_S(w))``: that is
``N(W, c G^{-1})`` with ``c = n / (2 alpha)``, least squares plus noise. Fresh noise at the same inputs.

Statement. gen = ``I_SKL(What; y | X) / alpha = 2 sigma^2 d / n`` at every temperature, with the symmetrized KL information
``I_SKL = d sigma^2 / c``: noise alone, without shrinking, changes nothing. Derivation ``gibbs-algorithm``.
"""

from linreg_compress import _validation as valid
from linreg_compress.bounds.bound import SAME_INPUTS, Bound


def symmetrized_information(samples: int, features: int, noise_variance: float, inverse_temperature: float) -> float:
    """Return ``I_SKL(What; y | X) = d sigma^2 / c``, the mutual plus the lautum information, nats.

    Examples
    --------
    >>> symmetrized_information(80, 50, 1.0, inverse_temperature=8.0)
    10.0
    """
    n, d = valid.count("samples", samples), valid.count("features", features)
    alpha = valid.positive_number("inverse_temperature", inverse_temperature)
    return d * valid.positive_number("noise_variance", noise_variance) * 2 * alpha / n


def gibbs_generalization_error(samples: int, features: int, noise_variance: float, inverse_temperature: float) -> Bound:
    """Return the same-inputs generalization error of the Gibbs algorithm, exactly.

    Parameters
    ----------
    samples, features : int
        n and d, n >= d.
    noise_variance : float
        sigma^2, squared units of y.
    inverse_temperature : float
        alpha, positive.

    Returns
    -------
    Bound
        kind "tight".

    References
    ----------
    Aminian, Bu, Toni, Rodrigues and Wornell 2021, theorem 1.

    Examples
    --------
    >>> gibbs_generalization_error(80, 50, 1.0, inverse_temperature=8.0).value
    1.25
    """
    information = symmetrized_information(samples, features, noise_variance, inverse_temperature)
    return Bound(
        name="gibbs",
        value=information / valid.positive_number("inverse_temperature", inverse_temperature),
        of=SAME_INPUTS,
        kind="tight",
        assumptions=("What drawn from the Gibbs posterior with a flat prior", "Gaussian noise"),
        reference="Aminian, Bu, Toni, Rodrigues and Wornell 2021, theorem 1",
    )
