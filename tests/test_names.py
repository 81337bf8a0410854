"""A name that is nearly right is answered with the right one."""

import pytest

from linreg_compress._validation import counted
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.errors import InvalidInputError
from linreg_compress.names import did_you_mean, find, near

VERBS = ["risk", "bounds", "check", "simulate", "derive", "figures", "quantize", "advise", "demo", "reproduce"]


@pytest.mark.parametrize("right", VERBS)
def test_a_letter_too_few_too_many_or_exchanged_is_forgiven(right: str) -> None:
    wrong = [right[:-1], right[1:], right + "s", right[:2] + "x" + right[3:], right[1] + right[0] + right[2:]]
    assert [near(one, VERBS)[0] for one in wrong] == [right] * len(wrong)


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 bits"), (1, "1 bit"), ("1", "1 bit"), ("0.5", "0.5 bits"), (11, "11 bits")]
)
def test_one_is_no_plural(number: int | str, said: str) -> None:
    assert counted(number, "bit") == said


def test_a_part_and_another_case_find_the_whole() -> None:
    assert near("wishart", DERIVATIONS)[0] == "wishart-inverse-mean"
    assert near("Weight-T-Law", DERIVATIONS)[0] == "weight-t-law"
    assert near("tau", ["Tau", "tau2"]) == ["Tau", "tau2"]


def test_what_is_near_nothing_is_told_what_there_is() -> None:
    assert near("xyz", VERBS) == []
    assert did_you_mean("xyz", VERBS) == ""
    with pytest.raises(InvalidInputError, match=r"^NAME must be a known verb; got 'xyz'. There are risk, .*, reproduce.$"):
        find("verb", dict.fromkeys(VERBS), "xyz")
    with pytest.raises(InvalidInputError, match=r"^row must be a known number; got 'x'. There are 0, .*, 29 and 30 more.$"):
        find("number", {str(k): k for k in range(60)}, "x", "row")
    assert find("verb", {"risk": None}, "risk") is None
