"""What the report says in every case, and the record behind it."""

import json
import re
from dataclasses import replace

import numpy as np

from linreg_compress.advice.answer import advise
from linreg_compress.advice.record import Advice
from linreg_compress.advice.report import report

RNG = np.random.default_rng(9)
X = RNG.standard_normal((70, 12))
NOISE = RNG.standard_normal(70)
STRONG = advise(X, X @ (0.5 * RNG.standard_normal(12)) + NOISE, repeats=1, bits=[1, 2, 7])
WEAK = advise(X, NOISE, repeats=1, bits=[1, 2, 7])


def flat(advice: Advice, command: str = "") -> str:
    return " ".join(report(advice, "table.csv", command).split())


def test_a_strong_signal() -> None:
    text = flat(STRONG, "do this")
    assert "Compression is NOT predicted to lower the error on new rows: the signal in the weights is above" in text
    assert "To save space all the same, quantize to 7 bits per weight" in text
    assert "do this" in text
    assert "Prediction and check agree within chance at all 18 points." in text
    assert "kept: the codebook would hold every weight" in text
    assert "hessian-kmeans is the same as kmeans here" in text


def test_a_weak_signal() -> None:
    text = flat(WEAK)
    assert "LOWER the error on new rows" in text
    assert "the signal in the weights is below their noise" in text
    assert "Quantize to 1 bit per weight" in text


def test_nothing_is_cheap_enough() -> None:
    text = flat(replace(STRONG, recommended=None), "do this")
    assert "No code tried is sure enough to cost less than 1 % of the excess risk. Keep the weights" in text
    assert "do this" not in text


def test_a_penalty_that_gains_is_no_compression() -> None:
    points = [
        replace(point, predicted_change=-0.2 * STRONG.excess_risk) if point.quantizer == "diameter-kmeans" else point
        for point in STRONG.curve
    ]
    assert "the work of its penalty, like that of ridge" in flat(replace(STRONG, curve=points))
    assert "the work of its penalty" not in flat(STRONG)


def test_a_disagreement_is_told_with_what_may_be_behind_it() -> None:
    points = [replace(STRONG.curve[0], agrees=False, disagreement=-4.2), *STRONG.curve[1:]]
    broken = replace(STRONG.diagnostics[2], holds=False)
    text = flat(replace(STRONG, curve=points, diagnostics=[broken]))
    assert (
        "DISAGREE beyond chance at 1 of 18 points, most at 1 bit per weight with lloyd-max, by 4.2 standard errors" in text
    )
    assert "It may be that the noise is not Gaussian. There, trust the check." in text
    held = flat(replace(STRONG, curve=points, diagnostics=[]))
    assert "No assumption below shows a reason" in held


def test_lines_fit_and_numbers_are_plain() -> None:
    for advice in (STRONG, WEAK):
        text = report(advice, "table.csv")
        assert max(map(len, text.splitlines())) <= 110
        assert not re.search(r"\de[-+]", text.split("Predicted change")[1])
        assert "\N{NO-BREAK SPACE}" not in text


def test_the_record_is_plain_data_with_the_promised_keys() -> None:
    record = json.loads(json.dumps(STRONG.record()))
    for key in ("compression_helps", "recommended_bits_per_weight", "noise_variance", "signal_variance", "curve"):
        assert key in record
    for key in (
        "bits_per_weight",
        "quantizer",
        "predicted_change",
        "predicted_interval",
        "measured_change",
        "measured_interval",
    ):
        assert key in record["curve"][0]
    assert "fitted" not in record
