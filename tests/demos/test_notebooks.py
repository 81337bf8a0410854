"""The notebook run without a browser, for each lesson: its numbers are the library's; nothing opens before a guess."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import marimo
import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.demos import network_table
from linreg_compress.demos import notebook as show
from linreg_compress.demos.lesson import Settings
from linreg_compress.demos.notebooks.lesson import app
from linreg_compress.demos.registry import LESSONS
from linreg_compress.demos.table import theory_text
from linreg_compress.errors import InvalidInputError
from linreg_compress.files import read_rows
from tests.slowly import left_out
from tests.tolerances import FLOAT

Asked = dict[str, Any]  # what the library answers


def overfitting(settings: Settings) -> Asked:
    model = lc.LinearModel(int(settings["samples"]), int(settings["features"]))
    risks = lc.expected_risks(model)
    return {"empirical_risk": risks.empirical_risk, "population_risk": risks.population_risk}


def rate_distortion(settings: Settings) -> Asked:
    features = int(settings["features"])
    rate = lc.rate_nats_from_bits(settings["bits"], features)
    blind = lc.compressed_risk.blind_channel_risks(80, features, 1.0, rate)
    return {
        "aware_distortion": float(lc.distortion_rate(features / 80, rate, features)),
        "blind_distortion": float(blind.distortion),
    }


def oracle_codebook(settings: Settings) -> Asked:
    model = lc.LinearModel(80, int(settings["features"]))
    rate = float(lc.rate_nats_from_bits(settings["bits"], model.features))
    risks = lc.risks(model, lc.BlindGaussianChannel.for_model(model, rate))
    return {"population_risk": risks.population_risk, "population_risk_change": risks.population_risk_change}


def when_it_helps(settings: Settings) -> Asked:
    model = lc.LinearModel(int(settings["samples"]), 50, signal_variance=settings["signal"])
    rate = float(lc.rate_nats_from_bits(settings["bits"], 50))
    risks = lc.risks(model, lc.BlindGaussianChannel.for_model(model, rate))
    criterion = lc.compression_criterion(model.samples, 50, 1.0, signal_variance=settings["signal"])
    return {"population_risk": risks.population_risk, "boundary": float(criterion.boundary_signal_variance)}


def bounds(settings: Settings) -> Asked:
    samples = int(settings["samples"])
    model = lc.LinearModel(samples, 50)
    channel = lc.BlindGaussianChannel.for_model(model, float(lc.rate_nats_from_bits(settings["bits"], 50)))
    bound = lc.bounds.donsker_varadhan_bound(model, channel, channel.rate_nats)
    return {
        "truth": lc.risks(model, channel).generalization_error,
        "donsker-varadhan": bound.value,
    }


def quantizers(settings: Settings) -> Asked:
    variance = settings["ratio"] * lc.LinearModel(80, 50).weight_variance
    model = lc.LinearModel(80, 50, signal_variance=variance)
    risks = lc.compressed_risk.scalar_quantizer_risks(model, lc.lloyd_max(lc.source_for(model), 2 ** int(settings["bits"])))
    return {"rounded_distortion": float(risks.distortion), "rounded_change": float(risks.population_risk_change)}


def clustering(settings: Settings) -> Asked:
    data = lc.LinearModel(80, 50, signal_variance=0.1).draw(1, rng=np.random.default_rng(1))
    weights = lc.fit(data.features[0], data.targets[0]).weights
    best = lc.diameter_kmeans(weights, int(settings["levels"]), penalty_weight=settings["penalty"])
    return {"this_cost": best.objective}


def networks(settings: Settings) -> Asked:
    rows = read_rows(Path(network_table.__file__).with_suffix(".csv"))
    (row,) = (row for row in rows if all(row[name] == value for name, value in settings.items()))
    return {"change": float(row["loss_after"]) - float(row["loss_before"])}


TWELVE_DIGITS = 5e-12  # which the tables of lessons hold
CASES: dict[str, tuple[dict[str, float], Callable[[Settings], Asked]]] = {
    "overfitting": ({"samples": 125.0, "features": 30.0}, overfitting),
    "rate-distortion": ({"features": 20.0, "bits": 0.5}, rate_distortion),
    "oracle-codebook": ({"features": 20.0, "bits": 2.0}, oracle_codebook),
    "when-it-helps": ({"samples": 100.0, "signal": 0.04, "bits": 2.0}, when_it_helps),
    "bounds": ({"samples": 160.0, "bits": 2.0}, bounds),
    "quantizers": ({"ratio": 0.25, "bits": 3.0}, quantizers),
    "clustering": ({"levels": 4.0, "penalty": 1.0}, clustering),
    "networks": ({"samples": 50.0, "epochs": 5.0, "levels": 16.0}, networks),
}


def run(name: str, **done: Any) -> tuple[str, dict[str, Any]]:
    """Run the notebook for a lesson as if a student had done something; return all that it shows, and its variables."""
    outputs, variables = app.run(defs={"name": name, **done})
    return "\n".join(output.text for output in outputs if output is not None), dict(variables)


def test_every_lesson_has_its_case() -> None:
    assert set(CASES) == set(LESSONS)


@pytest.mark.parametrize("name", CASES)
def test_nothing_opens_before_a_guess(name: str) -> None:
    lesson = LESSONS[name]
    shown, variables = run(name)
    assert lesson.title in shown
    assert lesson.question[0][:10] in shown
    assert "lesson" not in variables
    for hidden in ("settings", "numbers"):
        assert hidden not in variables
    assert "<svg" not in shown
    assert "marimo-tex" not in shown


@pytest.mark.parametrize("name", left_out({"clustering", "networks"}, CASES))
def test_numbers_are_the_library_s(name: str) -> None:
    lesson = LESSONS[name]
    settings, ask = CASES[name]
    assert settings == lesson.checked(settings) != lesson.defaults
    shown, variables = run(name, guess=lesson.prediction.right(), simulate=True, sliders=settings)
    assert variables["settings"] == settings
    numbers = {number.name: number for number in variables["numbers"]}
    for key, value in ask(settings).items():
        assert numbers[key].theory == pytest.approx(value, rel=TWELVE_DIGITS if lesson.stored else FLOAT)
    for number in numbers.values():
        assert f'data-theory="{number.name}" data-value="{number.theory!r}">{theory_text(number)}<' in shown
    found = variables["runs"].at(settings)
    assert found == lesson.simulate(settings, 1, lesson.trials)
    for key, estimate in found.items():
        assert f'data-simulated="{key}" data-value="{estimate.mean!r}"' in shown
    assert shown.count("<svg") == len(lesson.curves(settings).panels)


@pytest.mark.parametrize("name", CASES)
def test_guesses_and_answers_are_judged(name: str) -> None:
    lesson = LESSONS[name]
    right = lesson.prediction.right()
    wrong = (right + 1) % len(lesson.prediction.choices)
    first, second = lesson.exercises[:2]
    shown, _ = run(name, guess=right, first=first.answer(), second=second.answer())
    assert verdicts(shown) == ["right", "right", "right"]
    far = {which: each.answer() + 2 * each.tolerance + 1 for which, each in (("first", first), ("second", second))}
    shown, _ = run(name, guess=wrong, **far)
    assert verdicts(shown) == ["wrong", "wrong", "wrong"]


def verdicts(shown: str) -> list[str]:
    return re.findall(r'class="lesson-verdict (\w+)"', shown)


@pytest.mark.parametrize("name", CASES)
def test_every_slider_is_drawn_by_itself_and_moves_the_settings(name: str) -> None:
    lesson = LESSONS[name]
    shown, variables = run(name, guess=0)
    assert variables["settings"] == lesson.defaults
    assert re.findall(r'data-slider="(\w+)"', shown) == list(lesson.defaults)
    assert shown.count("<marimo-slider ") == len(lesson.sliders)
    last = lesson.sliders[-1]
    _, variables = run(name, guess=0, sliders={last.name: last.values[-1]})
    assert variables["settings"] == {**lesson.defaults, last.name: last.values[-1]}  # the others stay at their defaults


def test_a_slider_that_a_lesson_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="must be a slider"):
        show.settings(LESSONS["bounds"], {"bit": 2.0})


def at(query: str | None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the lesson that is shown where the address asks for one."""
    monkeypatch.setattr(marimo, "query_params", lambda: {} if query is None else {"lesson": query})
    return show.asked_for()


def test_the_address_names_the_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    assert at(None, monkeypatch) == "overfitting"
    assert at("clustering", monkeypatch) == "clustering"


def test_an_address_that_names_no_lesson_is_told_the_near_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(marimo.MarimoStopError) as stopped:
        at("bnds", monkeypatch)
    told = stopped.value.output
    assert isinstance(told, marimo.Html)
    assert "got &#x27;bnds&#x27;. Did you mean bounds?" in told.text
