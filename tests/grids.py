"""Where closed forms are compared with their references: a grid over the whole domain, and hypothesis strategies."""

from itertools import product

from hypothesis import strategies as st

SIZES = (
    (3, 1),
    (4, 2),
    (12, 1),
    (31, 29),
    (80, 50),
    (1000, 998),
    (200, 20),
    (10**6, 10**5),
    (10**6, 10**6 - 2),
    (10**6, 1),
)
RATES = (0.0, 1e-12, 1e-3, 0.7, 35.0, 1e3, 1e4)
NOISE_VARIANCES = (1e-12, 0.3, 1.0, 1e12)
SIGNAL_VARIANCES = (0.0, 1e-12, 0.02, 1.0, 1e12)
POINTS = list(product(SIZES, NOISE_VARIANCES, RATES, SIGNAL_VARIANCES))

rates = st.one_of(st.just(0.0), st.floats(-12, 4).map(lambda power: 10.0**power))
variances = st.floats(-12, 12).map(lambda power: 10.0**power)
signal_variances = st.one_of(st.just(0.0), variances)


@st.composite
def sizes(draw: st.DrawFn, spare: int = 2, largest: int = 10**6) -> tuple[int, int]:
    """Draw (n, d) with n >= d + spare."""
    d = draw(st.one_of(st.integers(1, 60), st.integers(1, largest // 2)))
    return d + spare + draw(st.one_of(st.integers(0, 60), st.integers(0, largest - d - spare))), d
