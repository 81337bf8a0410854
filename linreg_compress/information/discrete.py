"""Discrete information: entropy, and the Huffman code that comes within one bit of it."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError

_MOST_SYMBOLS = 2**27


def entropy(probabilities: ArrayLike) -> float:
    """Shannon entropy of a distribution, ``-sum p ln p``, nats.

    Parameters
    ----------
    probabilities : array_like
        Zero or positive, not all zero; they are normalized, so counts will do, of any size.

    Examples
    --------
    >>> round(entropy([0.5, 0.25, 0.25]), 6)
    1.039721
    """
    weights = _weights("probabilities", probabilities)
    shares = np.sort((weights / weights.max()).astype(np.float64))  # of the largest, so that no sum overflows
    rest, total = float(shares[:-1].sum()), float(shares.sum())
    p = shares[:-1][shares[:-1] > 0] / total
    return math.log1p(rest) / total - float((p * np.log(p)).sum())  # of the largest -ln p = ln(1 + rest), to its own digits


def huffman_lengths(counts: ArrayLike) -> list[int]:
    """Lengths of an optimal prefix code for symbols with these counts (Huffman 1952), bits.

    A symbol that never occurs gets length 0; a lone symbol gets 1 bit, so that its repetitions can be counted.

    Parameters
    ----------
    counts : array_like
        Whole numbers, zero or positive, not all zero, of any size: they are added exactly.

    Examples
    --------
    >>> huffman_lengths([5, 2, 1, 0])
    [1, 2, 2, 0]
    """
    found = _weights("counts", counts)
    broken = [weight for weight in found.tolist() if weight != int(weight)]
    if broken:
        raise InvalidInputError("counts", "must be a whole number of at least 0", valid.shown(broken[0]))
    weights = [int(weight) for weight in found.tolist()]  # a double that is whole is an integer, exactly
    lengths = [0] * len(weights)
    heap: list[tuple[int, int, tuple[int, ...]]] = [
        (weight, index, (index,)) for index, weight in enumerate(weights) if weight > 0
    ]
    if len(heap) == 1:
        lengths[heap[0][1]] = 1
    heapq.heapify(heap)
    while len(heap) > 1:
        first, second = heapq.heappop(heap), heapq.heappop(heap)
        for index in (*first[2], *second[2]):
            lengths[index] += 1
        heapq.heappush(heap, (first[0] + second[0], min(first[1], second[1]), (*first[2], *second[2])))
    return lengths


def _weights(parameter: str, value: ArrayLike) -> FloatArray:
    """Read weights that are zero or positive, not all zero: doubles, or an array of integers that no double holds."""
    raw = valid.plain_array(parameter, value).ravel()
    if raw.dtype.kind not in "iu" and not all(isinstance(one, int) and not isinstance(one, bool) for one in raw.tolist()):
        return _some(parameter, valid.nonnegative(parameter, raw))
    exact = raw if raw.dtype.kind in "iu" else raw.astype(object)
    if exact.size and exact.min() < 0:
        raise InvalidInputError(parameter, "must be zero or positive", valid.shown(exact.min()))
    return _some(parameter, exact)


def _some(parameter: str, weights: FloatArray) -> FloatArray:
    if not weights.any():
        raise InvalidInputError(parameter, "must not all be zero", f"{weights.size} of them")
    return weights


def _symbols(symbols: FloatArray) -> FloatArray:
    """Check that symbols are the numbers 0, 1, 2, ... of an alphabet that can be listed."""
    numbers = valid.counts("symbols", symbols, minimum=0)
    if numbers.ndim != 1:
        raise InvalidInputError("symbols", "must be a vector", f"shape {numbers.shape}")
    if numbers.size and numbers.max() >= _MOST_SYMBOLS:
        raise InvalidInputError("symbols", f"must be below {_MOST_SYMBOLS}", float(numbers.max()), "Number them 0, 1, ...")
    return numbers.astype(np.intp)


@dataclass(frozen=True)
class HuffmanCode:
    """A canonical Huffman code: the lengths alone say every word.

    Raises
    ------
    InvalidInputError
        If there is no length, one is negative, or no prefix code has these lengths (Kraft 1949).

    Examples
    --------
    >>> code = HuffmanCode.of(np.array([0, 0, 1, 2, 0]))
    >>> code.decode(code.encode(np.array([2, 0, 1])), 3).tolist()
    [2, 0, 1]
    """

    lengths: tuple[int, ...]
    """Bits of the word of each symbol; 0 for a symbol that never occurs."""

    def __post_init__(self) -> None:
        lengths = valid.counts("lengths", self.lengths, minimum=0)
        if lengths.ndim != 1 or not lengths.size:
            rule = "must be a vector of at least one number"
            raise InvalidInputError("lengths", rule, f"shape {lengths.shape}", "Give one length a symbol.")
        words, many = np.unique(lengths[lengths > 0].astype(np.int64), return_counts=True)
        left, free, last = int(many.sum()), 1, 0
        for length, asked in zip(words.tolist(), many.tolist(), strict=True):
            free = min(
                free << min(length - last, left.bit_length()), left
            )  # words left of this length, as far as it matters
            if asked > free:
                rule = "must leave each symbol a word of its own, a sum of 2^-length of at most 1"
                hint = "Give longer words, or let HuffmanCode.of find the lengths."
                raise InvalidInputError("lengths", rule, valid.shown(self.lengths), hint)
            free, left, last = free - asked, left - asked, length
        object.__setattr__(self, "lengths", tuple(map(int, lengths.tolist())))

    @classmethod
    def of(cls, symbols: FloatArray) -> Self:
        """Build the optimal code for a sequence of symbols 0, 1, 2, ..."""
        return cls(tuple(huffman_lengths(np.bincount(_symbols(symbols)))))

    def words(self) -> dict[int, tuple[int, int]]:
        """Return (word, length) of every symbol, in the canonical order."""
        word, previous, found = 0, 0, {}
        for length, symbol in sorted((length, symbol) for symbol, length in enumerate(self.lengths) if length):
            word <<= length - previous
            found[symbol] = (word, length)
            word, previous = word + 1, length
        return found

    def encode(self, symbols: FloatArray) -> bytes:
        """Return the words of `symbols` one after the other, the last byte filled with zeros."""
        words = self.words()
        unknown = [symbol for symbol in _symbols(symbols).tolist() if symbol not in words]
        if unknown:
            raise InvalidInputError("symbols", f"must be among the {len(words)} of the code", unknown[0])
        bits = "".join(format(words[symbol][0], f"0{words[symbol][1]}b") for symbol in _symbols(symbols).tolist())
        return int(bits.ljust(-(-len(bits) // 8) * 8, "0") or "0", 2).to_bytes(-(-len(bits) // 8), "big")

    def decode(self, stream: bytes, count: int) -> FloatArray:
        """Read `count` symbols back from a stream.

        Raises
        ------
        InvalidInputError
            If the stream ends early or holds a word that the code does not have.
        """
        symbol_of = {(length, word): symbol for symbol, (word, length) in self.words().items()}
        longest = max(self.lengths)
        found: list[int] = []
        word = length = 0
        for position in range(8 * len(stream)):
            if len(found) == count:
                break
            word = word << 1 | (stream[position // 8] >> (7 - position % 8) & 1)
            length += 1
            if (length, word) in symbol_of:
                found.append(symbol_of[length, word])
                word = length = 0
            elif length > longest:
                raise InvalidInputError("stream", "must hold words of this code", f"an unknown word at bit {position}")
        if len(found) < count:
            raise InvalidInputError("stream", f"must hold {count} symbols", f"{len(found)} of them")
        return np.array(found, dtype=np.intp)
