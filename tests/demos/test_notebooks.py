"""Each notebook run without a browser, its sliders moved: its numbers are the library's; nothing opens before a guess."""

import re
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.demos.lesson import Lesson, Settings
from linreg_compress.demos.registry import LESSONS
from linreg_compress.demos.serve import notebook_file
from linreg_compress.demos.table import theory_text
from tests.tolerances import FLOAT

Asked = dict[str, Any]  # what the library answers


def overfitting(settings: Settings) -> Asked:
    model = lc.LinearModel(int(settings["samples"]), int(settings["features"]))
    risks = lc.expected_risks(model)
    return {"empirical_risk": risks.empirical_risk, "population_risk": risks.population_risk}


def rate_distortion(settings: Settings) -> Asked:
    features = int(settings["features"])
    rate = lc.rate_nats_from_bits(settings["bits"], features)
    blind = lc.blind_channel_risks(80, features, 1.0, rate)
    return {
        "aware_distortion": float(lc.distortion_rate(features / 80, rate, features)),
        "blind_distortion": float(blind.distortion),
    }


def oracle_codebook(settings: Settings) -> Asked:
    model = lc.LinearModel(80, int(settings["features"]))
    rate = float(lc.rate_nats_from_bits(settings["bits"], model.features))
    risks = lc.expected_compressed_risks(model, lc.BlindGaussianChannel.for_model(model, rate))
    return {"population_risk": risks.population_risk, "population_risk_change": risks.population_risk_change}


def when_it_helps(settings: Settings) -> Asked:
    model = lc.LinearModel(int(settings["samples"]), 50, signal_variance=settings["signal"])
    rate = float(lc.rate_nats_from_bits(settings["bits"], 50))
    risks = lc.expected_compressed_risks(model, lc.BlindGaussianChannel.for_model(model, rate))
    criterion = lc.compression_criterion(model.samples, 50, 1.0, signal_variance=settings["signal"])
    return {"population_risk": risks.population_risk, "boundary": float(criterion.boundary_signal_variance)}


def bounds(settings: Settings) -> Asked:
    samples = int(settings["samples"])
    model = lc.LinearModel(samples, 50)
    channel = lc.BlindGaussianChannel.for_model(model, float(lc.rate_nats_from_bits(settings["bits"], 50)))
    bound = lc.donsker_varadhan_bound(model, channel, channel.rate_nats)
    return {"truth": lc.expected_compressed_risks(model, channel).generalization_error, "donsker-varadhan": bound.value}


def quantizers(settings: Settings) -> Asked:
    variance = settings["ratio"] * lc.LinearModel(80, 50).weight_variance
    model = lc.LinearModel(80, 50, signal_variance=variance)
    risks = lc.scalar_quantizer_risks(model, lc.lloyd_max(lc.source_for(model), 2 ** int(settings["bits"])))
    return {"rounded_distortion": float(risks.distortion), "rounded_change": float(risks.population_risk_change)}


def clustering(settings: Settings) -> Asked:
    data = lc.LinearModel(80, 50, signal_variance=0.1).draw(1, rng=np.random.default_rng(1))
    weights = lc.fit(data.features[0], data.targets[0]).weights
    best = lc.diameter_kmeans(weights, int(settings["levels"]), penalty_weight=settings["penalty"])
    return {"this_cost": best.objective}


CASES: dict[str, tuple[dict[str, float], Callable[[Settings], Asked]]] = {
    "overfitting": ({"samples": 125.0, "features": 30.0}, overfitting),
    "rate-distortion": ({"features": 20.0, "bits": 0.5}, rate_distortion),
    "oracle-codebook": ({"features": 20.0, "bits": 2.0}, oracle_codebook),
    "when-it-helps": ({"samples": 100.0, "signal": 0.04, "bits": 2.0}, when_it_helps),
    "bounds": ({"samples": 160.0, "bits": 2.0}, bounds),
    "quantizers": ({"ratio": 0.25, "bits": 3.0}, quantizers),
    "clustering": ({"levels": 4.0, "penalty": 1.0}, clustering),
}


def run(lesson: Lesson, **changed: Any) -> tuple[str, dict[str, Any]]:
    """Run a notebook with some of its elements set by hand; return all that it shows, and its variables."""
    app = import_module(f"linreg_compress.demos.notebooks.{notebook_file(lesson).stem}").app
    outputs, variables = app.run(defs={name: SimpleNamespace(value=value) for name, value in changed.items()})
    return "\n".join(output.text for output in outputs if output is not None), dict(variables)


def test_every_lesson_has_its_notebook() -> None:
    assert set(CASES) == set(LESSONS)
    assert all(notebook_file(lesson).is_file() for lesson in LESSONS.values())


@pytest.mark.parametrize("name", CASES)
def test_nothing_opens_before_a_guess(name: str) -> None:
    lesson = LESSONS[name]
    shown, variables = run(lesson)
    assert lesson.question[0][:10] in shown
    assert "lesson" not in variables
    for hidden in ("settings", "numbers"):
        assert hidden not in variables
    assert "<svg" not in shown
    assert "marimo-tex" not in shown


@pytest.mark.parametrize("name", CASES)
def test_numbers_are_the_library_s(name: str) -> None:
    lesson = LESSONS[name]
    settings, ask = CASES[name]
    assert settings == lesson.checked(settings) != lesson.defaults
    shown, variables = run(lesson, guess=lesson.prediction.right(), simulate=True, **settings)
    assert variables["settings"] == settings
    numbers = {number.name: number for number in variables["numbers"]}
    for key, value in ask(settings).items():
        assert numbers[key].theory == pytest.approx(value, rel=FLOAT)
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
    first, second = lesson.exercises
    shown, _ = run(lesson, guess=right, first=first.answer(), second=second.answer())
    assert verdicts(shown) == ["right", "right", "right"]
    far = {name: each.answer() + 2 * each.tolerance + 1 for name, each in (("first", first), ("second", second))}
    shown, _ = run(lesson, guess=wrong, **far)
    assert verdicts(shown) == ["wrong", "wrong", "wrong"]


def verdicts(shown: str) -> list[str]:
    return re.findall(r'class="lesson-verdict (\w+)"', shown)
