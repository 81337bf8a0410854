"""The table of meanings: what no two things share, and what grows darker."""

from itertools import pairwise

import pytest

from linreg_compress.gallery import meanings

VERDICTS = (meanings.HELPS, meanings.HELPS_WORDS, meanings.HURTS, meanings.HURTS_WORDS)
QUANTITIES = (meanings.POPULATION, meanings.EMPIRICAL, meanings.GENERALIZATION, meanings.BOUND)


def light(color: str) -> float:
    """Relative luminance of a colour, from 0 for black to 1 for white (sRGB)."""
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_no_colour_means_two_things() -> None:
    amounts = [look[0] for table in (meanings.SIGNALS, meanings.RATES) for look in table.values()]
    colors = [*VERDICTS, *(look[0] for look in QUANTITIES), *dict.fromkeys(amounts), meanings.LEAST_SQUARES[0]]
    assert len(set(colors)) == len(colors)


def test_every_strength_has_a_look_and_the_stronger_is_darker() -> None:
    assert list(meanings.SIGNALS) == list(meanings.STRENGTHS)
    assert list(meanings.STRENGTHS.values()) == sorted(meanings.STRENGTHS.values())
    assert all(light(one[0]) > light(two[0]) for one, two in pairwise(meanings.SIGNALS.values()))


def test_more_bits_are_darker() -> None:
    assert list(meanings.RATES) == sorted(meanings.RATES)
    assert all(light(one[0]) >= light(two[0]) for one, two in pairwise(meanings.RATES.values()))


@pytest.mark.parametrize("table", [meanings.SIGNALS, meanings.CODES, meanings.PARTS, meanings.BOUNDS])
def test_curves_of_a_table_are_told_apart_in_grey(table: dict[str, tuple[object, ...]]) -> None:
    assert len({str(look[1:]) for look in table.values()}) == len(table)


def test_words_can_be_read_on_white() -> None:
    words = [meanings.HELPS_WORDS, meanings.HURTS_WORDS, *(look[0] for look in meanings.SIGNALS.values())]
    assert min(1.05 / (light(color) + 0.05) for color in words) > 3.5
