"""Entropy and the Huffman code: optimal among all prefix codes of small alphabets, complete, honest about bad streams."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache, partial
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress.errors import InvalidInputError
from linreg_compress.information.discrete import HuffmanCode, entropy, huffman_lengths
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT

count_lists = st.lists(st.integers(0, 1000), min_size=1, max_size=40).filter(any)
symbol_lists = st.lists(st.integers(0, 30), min_size=1, max_size=300)


@cache
def complete_lengths(symbols: int) -> frozenset[tuple[int, ...]]:
    """Sorted word lengths of every full binary tree with so many leaves: split a leaf of every smaller tree."""
    if symbols == 1:
        return frozenset({(0,)})
    found = set()
    for lengths in complete_lengths(symbols - 1):
        for leaf, length in enumerate(lengths):
            found.add(tuple(sorted([*lengths[:leaf], *lengths[leaf + 1 :], length + 1, length + 1])))
    return frozenset(found)


@given(counts=st.lists(st.integers(1, 50), min_size=2, max_size=6))
def test_no_prefix_code_is_shorter(counts: list[int]) -> None:
    """Every full binary tree with every labelling of its leaves; by Kraft's inequality no other code can be better."""
    total = sum(c * n for c, n in zip(counts, huffman_lengths(counts), strict=True))
    best = min(
        sum(c * n for c, n in zip(labels, lengths, strict=True))
        for lengths in complete_lengths(len(counts))
        for labels in set(permutations(counts))
    )
    assert total == best


@given(counts=count_lists)
def test_kraft_equality(counts: list[int]) -> None:
    lengths = huffman_lengths(counts)
    used = [n for n in lengths if n]
    assert [n > 0 for n in lengths] == [c > 0 for c in counts]
    if len(used) > 1:
        longest = max(used)
        assert sum(2 ** (longest - n) for n in used) == 2**longest
    else:
        assert used == [1]


@given(counts=count_lists)
def test_mean_length_lies_between_the_entropy_and_one_bit_more(counts: list[int]) -> None:
    mean = np.array(counts) @ np.array(huffman_lengths(counts)) / sum(counts)
    bits = entropy(counts) / np.log(2)
    assert mean >= bits - FLOAT
    assert mean < bits + 1 or np.count_nonzero(counts) == 1


@given(symbols=symbol_lists)
def test_streams_decode_to_what_was_encoded(symbols: list[int]) -> None:
    code = HuffmanCode.of(np.array(symbols))
    stream = code.encode(np.array(symbols))
    bits = sum(code.lengths[symbol] for symbol in symbols)
    assert len(stream) == -(-bits // 8)
    assert code.decode(stream, len(symbols)).tolist() == symbols


@given(symbols=symbol_lists)
def test_lengths_alone_say_every_word_and_no_word_begins_another(symbols: list[int]) -> None:
    code = HuffmanCode.of(np.array(symbols))
    assert HuffmanCode(code.lengths).words() == code.words()
    words = [format(word, f"0{length}b") for word, length in code.words().values()]
    assert all(len(word) == length for word, (_, length) in zip(words, code.words().values(), strict=True))
    assert not any(a != b and b.startswith(a) for a in words for b in words)
    assert len(set(words)) == len(words)


@given(symbols=symbol_lists.filter(lambda s: len(set(s)) > 1))
def test_a_stream_that_ends_early_is_refused(symbols: list[int]) -> None:
    code = HuffmanCode.of(np.array(symbols))
    stream = code.encode(np.array(symbols))
    more = 8 * len(stream) + 1
    assert_refused(lambda: code.decode(stream[:-1], len(symbols)), "stream must hold")
    assert_refused(lambda: code.decode(stream, more), f"stream must hold {more} symbols")


def test_an_unknown_word_is_refused() -> None:
    lone = HuffmanCode.of(np.array([0, 0, 0]))
    assert lone.decode(lone.encode(np.array([0, 0, 0])), 3).tolist() == [0, 0, 0]
    assert_refused(lambda: lone.decode(b"\xff", 3), "stream must hold words of this code; got an unknown word at bit 1")


def test_nothing_encodes_to_nothing() -> None:
    code = HuffmanCode.of(np.array([0, 1]))
    assert code.encode(np.array([], dtype=int)) == b""
    assert code.decode(b"", 0).tolist() == []


def test_entropy_of_known_laws() -> None:
    assert_close(entropy(np.ones(8)), 3 * np.log(2), FLOAT)
    assert entropy([0.0, 5.0]) == 0.0
    assert_close(entropy([3, 1]), entropy([0.75, 0.25]), FLOAT)


@given(counts=count_lists)
def test_entropy_is_between_0_and_that_of_the_uniform_law(counts: list[int]) -> None:
    assert -FLOAT <= entropy(counts) <= np.log(np.count_nonzero(counts)) + FLOAT


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: entropy([0.5, -0.5]), "probabilities must be zero or positive; got -0.5"),
    (lambda: entropy([0.0, 0.0]), "probabilities must not all be zero"),
    (lambda: entropy([np.nan]), "probabilities must be finite; got nan"),
    (lambda: huffman_lengths([1.5]), "counts must be a whole number of at least 0; got 1.5"),
    (lambda: huffman_lengths([10**400, -1]), "counts must be zero or positive; got -1"),
    (lambda: huffman_lengths([10**400, np.nan]), "counts must"),
    (lambda: HuffmanCode.of(np.array([1e12])), "symbols must be below 134217728; got 1000000000000.0"),
    (lambda: HuffmanCode.of(np.array([-1])), "symbols must be a whole number of at least 0; got -1"),
    (lambda: HuffmanCode.of(np.array([0, 1])).encode(np.array([2])), "symbols must be among the 2 of the code; got 2"),
    (lambda: huffman_lengths([0, 0]), "counts must not all be zero"),
    (lambda: huffman_lengths([]), "counts must not all be zero"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    assert_refused(call, message)


@given(
    counts=st.lists(
        st.one_of(
            st.sampled_from([0.0, 1.0, 2.0, 1e15, 2.0**53, 2.0**63, 2.0**64, 1e300, 1e308, 1.7e308]),
            st.integers(0, 10**40),
            st.floats(0, 1.7e308, allow_nan=False).map(np.floor),
        ),
        min_size=2,
        max_size=6,
    ).filter(lambda counts: sum(c > 0 for c in counts) > 1)
)
def test_the_code_is_optimal_for_counts_of_any_size(counts: list[float]) -> None:
    exact = [int(count) for count in counts]
    lengths = huffman_lengths(counts)
    used = [(c, n) for c, n in zip(exact, lengths, strict=True) if c]
    assert all(n == 0 for c, n in zip(exact, lengths, strict=True) if not c)
    best = min(
        sum(c * n for (c, _), n in zip(used, labels, strict=True))
        for one in complete_lengths(len(used))
        for labels in set(permutations(one))
    )
    assert sum(c * n for c, n in used) == best


def test_entropy_keeps_its_digits_at_any_scale() -> None:
    assert entropy([1e308, 1e308]) == entropy([5e-324, 5e-324]) == entropy([10**400, 10**400]) == np.log(2)
    assert huffman_lengths([1e300, 1, 1]) == [1, 2, 2]
    assert huffman_lengths([3 * 10**400, 10**400, 10**400]) == [1, 2, 2]
    counts = np.array([7.0, 1.0, 3.0, 0.0, 19.0])
    for scale in (1e-300, 1e-5, 1e300):
        assert_close(entropy(scale * counts), entropy(counts), FLOAT)
    rare = np.array([1e-20, 1e-300])  # -p ln p of the common symbol is the rare one's probability
    for p in rare:
        assert_close(entropy([1.0, p]), p * (1 - np.log(p)), FLOAT)


def test_lengths_of_no_prefix_code_are_refused() -> None:
    words = "lengths must leave each symbol a word of its own, a sum of 2^-length of at most 1; got "
    for lengths in ((1, 1, 1), (1, 1, 1000), (2, 2, 2, 2, 2), (1, 2, 3, 3, 10**9)):
        assert_refused(partial(HuffmanCode, lengths), words + str(lengths))
    assert_refused(partial(HuffmanCode, (1, -1)), "lengths must be a whole number of at least 0; got -1")
    for shape, none in {"(0,)": (), "(1, 2)": np.ones((1, 2))}.items():
        found: Any = none
        assert_refused(partial(HuffmanCode, found), f"lengths must be a vector of at least one number; got shape {shape}")
    for good in ((1,), (1, 0, 1), (1, 2, 3, 3), (3, 3, 3, 3, 3, 3, 3, 3), (2, 2), tuple(range(1, 80)), (1, 10**9)):
        assert HuffmanCode(good).lengths == good
    assert HuffmanCode(np.array([1, 1])) == HuffmanCode((1, 1))  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=12))
def test_lengths_pass_by_the_inequality_of_kraft(lengths: list[int]) -> None:
    if sum(Fraction(1, 2**length) for length in lengths if length) <= 1:
        code = HuffmanCode(tuple(lengths))
        symbols = np.array([symbol for symbol, length in enumerate(lengths) if length], dtype=int)
        assert code.decode(code.encode(symbols), len(symbols)).tolist() == symbols.tolist()
    else:
        with pytest.raises(InvalidInputError, match="word of its own"):
            HuffmanCode(tuple(lengths))
