"""What a colour says in every figure: one table for quantities, verdicts, signals, rates, codes and bounds.

A signal is darker the stronger it is, a rate the more bits it has, and black is least squares, which is not compressed.
Codes, bounds and samplers are kinds, not amounts. They reuse the colours of the quantities, in pictures whose legend names
the kinds.
"""

from collections.abc import Mapping
from typing import Any

# Okabe and Ito 2008: told apart by readers with any colour vision; each has a line style for grey-scale print
BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
ORANGE = "#E69F00"
SKY = "#56B4E9"
BLACK = "#000000"
GREY = "#595959"
OLIVE = "#808000"

Look = tuple[str, Any]  # colour and line style
Marked = tuple[str, Any, str]  # and marker

# quantities
POPULATION: Look = (VERMILLION, "-")
EMPIRICAL: Look = (BLUE, "--")
GENERALIZATION: Look = (PURPLE, "-.")
BOUND: Look = (GREY, (0, (9, 2)))  # the paper's

# verdicts: what is shaded, and the words beside it
HELPS, HELPS_WORDS = GREEN, "#007A59"
HURTS, HURTS_WORDS = ORANGE, "#946500"
CHANGE_COLORS = ("#00573F", GREEN, "#FFFFFF", ORANGE, "#8A5A00")  # of a map, from the largest gain to the largest loss

# strengths of the signal: its variance in a weight over the noise of the weight's estimate, tau^2 / v
STRENGTHS: Mapping[str, float] = {
    "v / 4": 0.25,
    "v / 2": 0.5,
    "v": 1.0,
    "3 v / 2": 1.5,
    "2 v": 2.0,
    "3 v": 3.0,
    "4 v": 4.0,
    "10 v": 10.0,
}
SIGNALS: Mapping[str, Look] = {
    "v / 4": ("#8574CE", "--"),
    "v / 2": ("#7A66C6", (0, (5, 1.5))),
    "v": ("#6746B8", "-"),
    "3 v / 2": ("#54309F", "-."),
    "2 v": ("#42218A", (0, (6, 1.5, 1, 1.5, 1, 1.5))),
    "3 v": ("#2E1466", (0, (1, 1))),
    "4 v": ("#240C52", (0, (3, 1, 1, 1))),
    "10 v": ("#12042E", (0, (8, 2))),
}
REGIMES: Mapping[str, float] = {"oracle": 0.0, "weak": STRENGTHS["v / 4"], "strong": STRENGTHS["4 v"]}
REGIME_TITLES: Mapping[str, str] = {
    "oracle": "no signal, τ² = 0\n(codebook at the truth)",
    "weak": "weak signal\nτ² = v / 4",
    "strong": "strong signal, τ² = 4 v\n(another scale)",
}

# rates in bits a weight
LEAST_SQUARES: Marked = (BLACK, "-", "o")
RATES: Mapping[float, Marked] = {
    0.05: ("#BC8A4A", (0, (1, 1)), "v"),
    0.2: ("#B07B3A", (0, (1, 1)), "D"),
    0.25: ("#B07B3A", "-.", "^"),
    0.5: ("#8A5A26", (0, (6, 1.5, 1, 1.5, 1, 1.5)), "s"),
    1.0: ("#603A12", "--", "P"),
    2.0: ("#402408", (0, (3, 1, 1, 1)), "X"),
    4.0: ("#1F1002", (0, (8, 2)), "h"),
}

CODES: Mapping[str, Marked] = {
    "gaussian-aware": (BLACK, "-", "o"),
    "gaussian-blind": (BLACK, "--", "o"),
    "round-to-nearest": (VERMILLION, (0, (6, 1.5)), "p"),
    "dithered": (BLUE, "-.", "s"),
    "entropy-constrained": (GREY, (0, (9, 2)), "D"),
    "lloyd-max": (SKY, "-", "v"),
    "gptq": (PURPLE, (0, (1, 1)), "<"),
    "kmeans": (OLIVE, (0, (6, 1.5, 1, 1.5)), "X"),
    "hessian-kmeans": (BLACK, "--", "s"),
    "diameter-kmeans": (ORANGE, "-.", "^"),
}
PARTS: Mapping[str, Marked] = {  # of a code
    "whole": (*POPULATION, "o"),
    "shrinking": (BLUE, "--", "^"),
    "noise": (PURPLE, "-.", "s"),
}
BOUNDS: Mapping[str, Look] = {
    "sub-gaussian": BOUND,
    "chi-square": (VERMILLION, "-."),
    "donsker-varadhan": (BLUE, "-"),
    "individual-sample": (PURPLE, (0, (6, 1.5, 1, 1.5, 1, 1.5))),
    "wasserstein": (OLIVE, (0, (3, 1, 1, 1))),
    "trivial": (BLACK, (0, (1, 1.5))),
}
SIMULATED = "simulation from raw data, 95 % intervals where wider than a mark"
