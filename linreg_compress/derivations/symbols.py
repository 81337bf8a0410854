"""Every symbol of the theory once, with its assumptions, code name, meaning and unit; and the two densities that most proofs start from."""

from dataclasses import dataclass
from typing import Any

import sympy as sp


@dataclass(frozen=True)
class Notation:
    """One row of the notation table."""

    symbol: Any
    """Carries the assumptions (positive, integer)."""
    text: str
    """How plain text writes it."""
    code_name: str
    """Name in the numeric modules."""
    meaning: str
    """What it is, in words."""
    shape: str
    """Scalar, or the shape of an array."""
    unit: str
    """Unit, where y is that of the labels."""


def _positive(name: str) -> Any:
    return sp.Symbol(name, positive=True)


def _count(name: str) -> Any:
    return sp.Symbol(name, positive=True, integer=True)


n = _count("n")
d = _count("d")
m = _count("m")  # n - d - 1, the samples to spare: with n = d + 1 + m the condition n > d + 1 is an assumption
nu = _count("nu")
sigma = _positive("sigma")
tau = _positive("tau")
v = _positive("v")
R = _positive("R")
b = _positive("b")
delta = _positive("delta")
gamma = _positive("gamma")
theta = _positive("theta")
g = _positive("g")
h = _positive("h")
s = _positive("s")
lam = _positive("lambda")
beta = _positive("beta")
information = _positive("I")

NOTATION = (
    Notation(n, "n", "samples", "rows of the training data", "scalar", "1"),
    Notation(d, "d", "features", "weights", "scalar", "1"),
    Notation(sigma**2, "sigma^2", "noise_variance", "variance of the noise in y", "scalar", "y^2"),
    Notation(
        tau**2,
        "tau^2",
        "signal_variance",
        "variance of a true weight around the codebook's centre",
        "scalar",
        "y^2 (features have unit variance)",
    ),
    Notation(v, "v", "weight_variance", "estimation noise of one weight, sigma^2 / (n - d - 1)", "scalar", "y^2"),
    Notation(nu, "nu", "degrees_of_freedom", "n - d + 1", "scalar", "1"),
    Notation(R, "R", "rate_nats", "rate of the whole weight vector", "scalar", "nat"),
    Notation(b, "b", "bits_per_weight", "R / (d ln 2)", "scalar", "bit"),
    Notation(
        delta,
        "delta",
        "normalized_distortion",
        "exp(-2 R / d), fraction of the source variance left as distortion",
        "scalar",
        "1",
    ),
    Notation(gamma, "gamma", "ratio", "limit of d / n", "scalar", "1"),
    Notation(theta, "theta", "water_level", "distortion of every coded component", "scalar", "y^2"),
    Notation(g, "g_j", "eigenvalues", "eigenvalues of X^T X", "(d,)", "1"),
    Notation(h, "h_i", "leverage", "x_i^T (X^T X)^{-1} x_i", "(n,)", "1"),
    Notation(
        s, "s(w)", "loss_scale", "sigma^2 + (w - w*)^T Sigma (w - w*), scale of the loss of a fixed w", "scalar", "y^2"
    ),
    Notation(information, "I", "information_nats", "mutual information between data and weights", "scalar", "nat"),
    Notation(beta, "beta", "diameter_penalty", "weight of the distance between the end centres", "scalar", "1"),
)


def chi_square(value: Any, degrees: Any) -> Any:
    """Density of a chi-square with `degrees` degrees of freedom at `value`."""
    return value ** (degrees / 2 - 1) * sp.exp(-value / 2) / (2 ** (degrees / 2) * sp.gamma(degrees / 2))


def gaussian(value: Any, variance: Any = 1) -> Any:
    """Density of N(0, variance) at `value`."""
    return sp.exp(-(value**2) / (2 * variance)) / sp.sqrt(2 * sp.pi * variance)
