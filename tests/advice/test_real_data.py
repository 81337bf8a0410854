"""The tables that come with scikit-learn."""

from typing import Any

import numpy as np
import pytest
from sklearn import datasets  # type: ignore[import-untyped]

from linreg_compress.advice.answer import advise
from linreg_compress.advice.record import Advice
from linreg_compress.advice.report import report
from linreg_compress.errors import DesignError


def diabetes() -> Advice:
    return advise(datasets.load_diabetes(as_frame=True, scaled=False).frame, "target")


def linnerud() -> Advice:
    table = datasets.load_linnerud(as_frame=True)
    return advise(table.data, table.target["Weight"])


def breast_cancer() -> Advice:
    table = datasets.load_breast_cancer(as_frame=True)
    return advise(table.frame, "target", repeats=2)


@pytest.mark.parametrize(
    ("load", "shape", "target", "freedom"),
    [
        (diabetes, (442, 10), "target", 431),
        (linnerud, (20, 3), "Weight", 16),
        (breast_cancer, (569, 30), "target", 538),
    ],
)
def test_every_table_gets_an_answer_that_makes_sense(load: Any, shape: tuple[int, int], target: str, freedom: int) -> None:
    advice = load()
    assert (advice.rows, advice.columns) == shape
    assert advice.design.target_name == target
    assert advice.fitted.samples - advice.columns == freedom
    assert len(advice.curve) == 48
    values = [
        number for p in advice.curve for number in (p.predicted_change, *p.predicted_interval, *p.interval_of_this_fit)
    ]
    assert np.isfinite(values).all()
    text = report(advice, "table.csv")
    assert max(map(len, text.splitlines())) <= 110
    assert "nan" not in text
    lloyd = [p.predicted_change for p in advice.curve if p.quantizer == "lloyd-max"]
    assert abs(lloyd[-1]) < abs(lloyd[0])
    agreeing = np.mean([p.agrees for p in advice.curve])
    assert agreeing == 1.0 or "DISAGREE beyond chance" in text


def test_diabetes_agrees_with_what_is_known_of_it() -> None:
    advice = diabetes()
    assert advice.r_squared == pytest.approx(0.51774842, abs=1e-8)  # scikit-learn's documentation: 0.5177
    assert advice.noise_variance == pytest.approx(2932.68163, rel=1e-8)
    assert not advice.compression_helps
    assert advice.no_weights.predicted_change == pytest.approx(advice.no_weights.measured_change, rel=0.2)
    assert advice.ridge.predicted_change < 0
    assert advice.disagreements == []


def test_a_duplicate_in_real_data_is_named() -> None:
    frame = datasets.load_diabetes(as_frame=True).frame
    frame["again"] = frame["bmi"] * 2
    with pytest.raises(DesignError, match="columns 'bmi' and 'again'"):
        advise(frame, "target")
