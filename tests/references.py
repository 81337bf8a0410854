"""Independent values of every closed form: 40 digits, written from the theory's statements and not from the package.

The arguments are doubles taken as exact numbers. `delta` is the normalized distortion, `keep` is 1 - delta.
"""

from collections.abc import Callable, Sequence
from typing import Any

from mpmath.ctx_mp import MPContext

mp = MPContext()  # a context of its own: no global precision is touched
mp.dps = 40


def erm_risks(n: int, d: int, s2: float, energy: float = 0.0) -> dict[str, Any]:
    """Least squares for n >= d, the minimum-norm solution below."""
    n_, d_, s2_ = mp.mpf(n), mp.mpf(d), mp.mpf(s2)
    empirical = s2_ * (1 - d_ / n_) if n >= d else mp.mpf(0)
    if abs(n - d) <= 1:
        excess = mp.inf
    elif n > d:
        excess = s2_ * d_ / (n_ - d_ - 1)
    else:
        excess = (1 - n_ / d_) * mp.mpf(energy) + s2_ * n_ / (d_ - n_ - 1)
    return {
        "empirical_risk": empirical,
        "population_risk": s2_ + excess,
        "generalization_error": s2_ + excess - empirical,
        "excess_risk": excess,
    }


def split(rate: float, d: int) -> tuple[Any, Any]:
    """Return (delta, keep) of a Gaussian test channel."""
    exponent = -2 * mp.mpf(rate) / d
    return mp.exp(exponent), -mp.expm1(exponent)


def blind_risks(n: int, d: int, s2: float, rate: float, t2: float) -> dict[str, Any]:
    """Design-blind Gaussian channel built for the variance t2 + v of one weight, n >= d + 2."""
    n_, s2_, t2_ = mp.mpf(n), mp.mpf(s2), mp.mpf(t2)
    delta, keep = split(rate, d)
    v = s2_ / (n - d - 1)
    increase = d * (delta**2 * (s2_ / n_ + t2_) + delta * keep * (t2_ + v))
    excess = d * (keep * v + delta * t2_)
    empirical = s2_ * (1 - mp.mpf(d) / n_) + increase
    return {
        "empirical_risk": empirical,
        "population_risk": s2_ + excess,
        "generalization_error": d * keep * ((1 + delta) * s2_ / n_ + keep * v),
        "excess_risk": excess,
        "distortion": increase,
        "population_risk_change": d * delta * (t2_ - v),
        "normalized_distortion": delta,
    }


def aware_risks(n: int, d: int, s2: float, rate: float) -> dict[str, Any]:
    """Design-aware Gaussian channel centred at the true weights, n >= d."""
    base = erm_risks(n, d, s2)
    delta, keep = split(rate, d)
    increase = mp.mpf(s2) * d / n * delta
    nothing = mp.mpf(0)
    excess = keep * base["excess_risk"] if rate > 0 else nothing
    return {
        "empirical_risk": base["empirical_risk"] + increase,
        "population_risk": mp.mpf(s2) + excess,
        "generalization_error": keep * base["generalization_error"] if rate > 0 else nothing,
        "excess_risk": excess,
        "distortion": increase,
        "population_risk_change": -delta * base["excess_risk"],
        "normalized_distortion": delta,
    }


def water_filling(variances: Sequence[Any], rate: float) -> dict[str, Any]:
    """Reverse water-filling by trying every number of active components for a consistent water level."""
    logs = [mp.log(mp.mpf(s)) if s > 0 else -mp.inf for s in variances]
    ordered = sorted(logs, reverse=True)
    total = mp.mpf(0)
    for active, log_variance in enumerate(ordered, start=1):
        total += log_variance
        level = (total - 2 * mp.mpf(rate)) / active
        if active == len(ordered) or ordered[active] <= level:
            break
    gaps = [max(log - level, mp.mpf(0)) for log in logs]
    return {
        "water_level": mp.exp(level),
        "distortions": [mp.mpf(s) * mp.exp(-gap) for s, gap in zip(variances, gaps, strict=True)],
        "normalized_distortions": [mp.exp(-gap) for gap in gaps],
        "kept_fractions": [-mp.expm1(-gap) for gap in gaps],
        "rates_nats": [gap / 2 for gap in gaps],
    }


def water_filled_risks(g: Sequence[float], n: int, s2: float, t2: float, rate: float) -> dict[str, Any]:
    """Risks given the spectrum g of X^T X; key "cancelling" holds the sum of absolute values of the signed terms."""
    s2_, t2_ = mp.mpf(s2), mp.mpf(t2)
    source = [t2_ * x + s2_ for x in g]
    filled = water_filling(source, rate)
    rows = list(zip(g, filled["normalized_distortions"], filled["kept_fractions"], strict=True))
    excess = mp.fsum(keep * s2_ / x + delta * t2_ for x, delta, keep in rows)
    increase = mp.fsum(filled["distortions"]) / n
    empirical = s2_ * (1 - mp.mpf(len(g)) / n) + increase
    return {
        "empirical_risk": empirical,
        "population_risk": s2_ + excess,
        "generalization_error": s2_ + excess - empirical,
        "excess_risk": excess,
        "distortion": increase,
        "population_risk_change": mp.fsum(delta * (t2_ - s2_ / x) for x, delta, _ in rows),
        "normalized_distortion": mp.fsum(filled["distortions"]) / mp.fsum(source),
        "cancelling": mp.fsum(
            keep * s2_ * (1 / mp.mpf(x) + 1 / mp.mpf(n)) + delta * t2_ * (1 + mp.mpf(x) / n) for x, delta, keep in rows
        ),
    }


def marchenko_pastur(gamma: float, function: Callable[[Any], Any], breaks: Sequence[Any] = ()) -> Any:
    """Mean of `function` under the Marchenko-Pastur law, by quadrature in the angle of the semicircle."""
    root = mp.sqrt(mp.mpf(gamma))

    def density(phi: Any) -> Any:
        s = 1 + gamma - 2 * root * mp.cos(phi)
        return function(s) * 2 * mp.sin(phi) ** 2 / (mp.pi * s)

    inner = [mp.acos((1 + gamma - s) / (2 * root)) for s in breaks if (1 - root) ** 2 < s < (1 + root) ** 2]
    return mp.quad(density, [0, *sorted(inner), mp.pi / 4, mp.pi] if not inner else [0, *sorted(inner), mp.pi])


def limit_risks(gamma: float, s2: float, energy: float, rate: float) -> dict[str, Any]:
    """Marchenko-Pastur limit of the water-filled risks; the water level by a bracketed secant."""
    s2_, rho = mp.mpf(s2), mp.mpf(energy) / gamma
    root = mp.sqrt(mp.mpf(gamma))
    ends = [mp.log(rho * (1 + sign * root) ** 2 + s2_) for sign in (-1, 1)]

    def gap(s: Any, level: Any) -> Any:
        return max(mp.log(rho * s + s2_) - level, mp.mpf(0))

    def kink(level: Any) -> list[Any]:
        return [(mp.exp(level) - s2_) / rho] if rho > 0 else []

    def spent(level: Any) -> Any:
        return marchenko_pastur(gamma, lambda s: gap(s, level), kink(level)) / 2 - rate

    bracket = ends[0] - 2 * mp.mpf(rate) - 1, ends[1]
    level = mp.findroot(spent, bracket, solver="illinois", tol=1e-30) if rate > 0 else ends[1]

    def mean(function: Callable[[Any, Any, Any], Any]) -> Any:
        return gamma * marchenko_pastur(
            gamma, lambda s: function(s, mp.exp(-gap(s, level)), -mp.expm1(-gap(s, level))), kink(level)
        )

    excess = mean(lambda s, delta, keep: keep * s2_ / s + delta * rho)
    increase = mean(lambda s, delta, keep: delta * (rho * s + s2_))
    empirical = s2_ * (1 - mp.mpf(gamma)) + increase
    return {
        "empirical_risk": empirical,
        "population_risk": s2_ + excess,
        "generalization_error": s2_ + excess - empirical,
        "excess_risk": excess,
        "distortion": increase,
        "population_risk_change": mean(lambda s, delta, keep: delta * (rho - s2_ / s)),
        "normalized_distortion": increase / (gamma * (rho + s2_)),
        "cancelling": mean(lambda s, delta, keep: keep * s2_ * (1 / s + 1) + delta * rho * (1 + s)),
    }
