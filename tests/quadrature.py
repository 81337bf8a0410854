"""Laws of risks by integrals that share nothing with the package: other variables, other rules, no Beta trick.

Chi-squares are integrated in their logarithm, with adaptive Gauss-Kronrod where one is mixed over and with panels of
Gauss-Legendre where two are.
"""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.integrate import quad

Array = NDArray[np.float64]
Kernel = Callable[..., Any]
_CUT = 1e-18  # probability left out at each end of a chi-square


@cache
def gauss_legendre(order: int) -> tuple[Array, Array]:
    """Nodes and weights on [-1, 1]: an eigenvalue problem, solved once."""
    return np.polynomial.legendre.leggauss(order)


@cache
def _panels(degrees: int, widest: float = 2.0) -> Array:
    """Edges in ln q of panels that hold all but `_CUT` of each tail of a chi-square.

    Few degrees of freedom have a long lower tail, a mere power of q: there a panel may be as wide as what it multiplies
    is smooth.
    """
    low, high = special.gammaincinv(degrees / 2, _CUT), special.gammainccinv(degrees / 2, _CUT)
    bottom, top = np.log(2 * low), np.log(2 * high)
    bend = max(bottom, top - 9)
    tail = np.linspace(bottom, bend, int(np.ceil((bend - bottom) / widest)), endpoint=False)
    return np.concatenate([tail, np.linspace(bend, top, 17)])


def _log_density(log_q: Any, degrees: int) -> Any:
    """Log density of ln q, measured from its peak to keep the digits of large degrees of freedom."""
    half = degrees / 2
    shift = log_q - np.log(degrees)
    log_peak = half * np.log(half) - half - special.gammaln(half) if degrees < 200 else _stirling(half)
    return log_peak - half * (np.expm1(shift) - shift)


def _stirling(half: float) -> float:
    """``half ln half - half - ln Gamma(half)``, without cancellation."""
    return float(np.log(half / (2 * np.pi)) / 2 - 1 / (12 * half) + 1 / (360 * half**3) - 1 / (1260 * half**5))


def expect(function: Kernel, degrees: int) -> float:
    """E f(q) for q ~ chi^2_degrees, by adaptive quadrature."""

    def integrand(log_q: float) -> float:
        return float(function(np.exp(log_q)) * np.exp(_log_density(log_q, degrees)))

    pieces = pairwise(_panels(degrees, 9.0))
    return sum(quad(integrand, a, b, epsabs=0, epsrel=1e-11, limit=200)[0] for a, b in pieces)


def nodes(degrees: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights of E f(q) for q ~ chi^2_degrees."""
    log_q, widths = _legendre(_panels(degrees), 12)
    return np.exp(log_q), widths * np.exp(_log_density(log_q, degrees))


def chi_square_mixture(points: ArrayLike, degrees: int, mixing: int, scale: Kernel) -> tuple[Array, Array]:
    """Lower and upper probabilities of ``scale(q) chi^2_degrees`` with ``q ~ chi^2_mixing``."""
    values = np.asarray(points, dtype=float).ravel().tolist()

    def share(tail: Kernel, x: float) -> float:
        return expect(lambda q: tail(degrees / 2, x / scale(q) / 2), mixing)

    return tuple(np.array([share(tail, x) for x in values]) for tail in (special.gammainc, special.gammaincc))  # type: ignore[return-value]


def _legendre(edges: Array, order: int) -> tuple[Array, Array]:
    """Nodes and weights of Gauss-Legendre panels between neighbouring `edges`."""
    x, w = gauss_legendre(order)
    half, middle = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
    return (middle + half * x).ravel(), (half * w).ravel()


def two_chi_squares(
    points: ArrayLike, first: int, second: int, first_scale: float, second_scale: float
) -> tuple[Array, Array]:
    """Lower and upper probabilities of ``first_scale chi^2_first + second_scale chi^2_second``.

    Given the total x the second summand is ``x sin(theta)^2``, which removes the singular ends of the convolution; panels
    end where each of the two chi-squares passes a step of its own range.
    """
    below, above = [], []
    for x in np.asarray(points, dtype=float).ravel():
        shares = [scale * np.exp(_panels(k, 6.0)) / x for scale, k in ((first_scale, first), (second_scale, second))]
        inner = [np.arccos(np.sqrt(shares[0][shares[0] < 1])), np.arcsin(np.sqrt(shares[1][shares[1] < 1]))]
        theta, widths = _legendre(np.unique(np.concatenate([[0.0], *inner, [np.pi / 2]])), 12)
        a = x / second_scale * np.sin(theta) ** 2
        mass = widths * 2 / np.tan(theta) * np.exp(_log_density(np.log(a), second))  # 2 / tan = d ln a / d theta
        z = x * np.cos(theta) ** 2 / first_scale / 2
        below.append(float(special.gammainc(first / 2, z) @ mass))
        beyond = float(special.gammaincc(second / 2, x / second_scale / 2))
        above.append(float(special.gammaincc(first / 2, z) @ mass) + beyond)
    return np.array(below), np.array(above)


def _mixed(degrees: int, law: Callable[[float], tuple[Array, Array]]) -> tuple[Array, Array]:
    """Average the probabilities of `law` given q over q ~ chi^2_degrees."""
    q, weights = nodes(degrees)
    given = np.array([law(float(one)) for one in q])
    below, above = np.tensordot(weights, given, axes=1)
    return below, above


def minimum_norm(points: ArrayLike, n: int, d: int, s2: float, t2: float) -> tuple[Array, Array]:
    """Lower and upper probabilities of ``t2 chi^2_{d-n} + s2 chi^2_n / chi^2_{d-n+1}``."""
    return _mixed(d - n + 1, lambda q: two_chi_squares(points, n, d - n, s2 / q, t2))


def blind_empirical(points: ArrayLike, n: int, d: int, s2: float, delta: float, k: float) -> tuple[Array, Array]:
    """Lower and upper probabilities of ``[s2 chi^2_{n-d} + (delta^2 s2 + k chi^2_n) chi^2_d] / n``."""
    return _mixed(n, lambda q: two_chi_squares(points, n - d, d, s2 / n, (delta**2 * s2 + k * q) / n))


def mean_from_tail(sf: Kernel, floor: float) -> float:
    """Mean of a law on (floor, inf) as the integral of its upper tail, in the logarithm of the height."""
    edges = [-40.0, *np.linspace(-12, 12, 25), 30.0]
    pieces = [
        quad(lambda u: float(sf(floor + np.exp(u))) * np.exp(u), a, b, epsabs=1e-14, epsrel=1e-11)[0]
        for a, b in pairwise(edges)
    ]
    return floor + sum(pieces)
