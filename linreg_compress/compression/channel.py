"""The protocol of every compressor, and the record of a coded vector."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np

from linreg_compress._validation import FloatArray, numbers, owned
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.information.discrete import HuffmanCode, entropy
from linreg_compress.records import readable


class Compressed:
    """The record that `compress` once returned; making one gives its weights, with a warning."""

    def __new__(cls, weights: FloatArray, rate_nats: float = float("nan")) -> FloatArray:  # type: ignore[misc]
        """Return the weights themselves."""
        del rate_nats
        warnings.warn(
            "compress returns the weights themselves now; Compressed goes with 0.3.", DeprecationWarning, stacklevel=2
        )
        return weights


@readable
@dataclass(frozen=True, eq=False)
class Coded:
    """One weight vector as a codebook and the index of a codeword for each weight.

    Examples
    --------
    >>> coded = Coded(np.array([0.1, 0.9, 1.1, 0.0]), np.array([0.0, 1.0]), np.array([0, 1, 1, 0]))
    >>> coded.fixed_rate_bits_per_weight, coded.entropy_bits_per_weight, coded.huffman_bits_per_weight
    (1, 1.0, 1.0)
    >>> bool(np.array_equal(coded.decoded(coded.stream()), coded.weights))
    True
    """

    original: FloatArray
    """The weights before compression, shape (d,), or (d, m) for codewords in R^m."""
    codebook: FloatArray
    """The codewords, shape (K,) or (K, m)."""
    assignments: FloatArray
    """Index of the codeword of each weight, 0-based, in the order of the weights; shape (d,)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "original", owned(self.original))

    @cached_property
    def weights(self) -> FloatArray:
        """What, the codeword of each weight."""
        return self.codebook[self.assignments]

    @property
    def fixed_rate_bits_per_weight(self) -> int:
        """Bits of an index of fixed length, ``ceil(log2 K)``."""
        return int(len(self.codebook) - 1).bit_length()

    @cached_property
    def entropy_bits_per_weight(self) -> float:
        """Entropy of the empirical distribution of the indices: no code of single indices does better."""
        return entropy(np.bincount(self.assignments)) / float(np.log(2.0))

    @cached_property
    def huffman(self) -> HuffmanCode:
        """The optimal prefix code of the indices."""
        return HuffmanCode.of(self.assignments)

    @property
    def huffman_bits_per_weight(self) -> float:
        """Mean length of a word of the optimal prefix code, between the entropy and one bit more."""
        counts = np.bincount(self.assignments)
        return float(counts @ np.array(self.huffman.lengths)) / len(self.assignments)

    @property
    def weight_mse(self) -> float:
        """Mean squared weight error, ``|What - W|^2 / d``."""
        return float(np.mean((self.weights - self.original) ** 2))

    def distortion(self, gram: FloatArray, samples: int) -> float:
        """Increase of the empirical risk of least squares, ``(What - W)^T G (What - W) / n``."""
        error = self.weights - self.original
        return float(error @ gram @ error) / samples

    def stream(self) -> bytes:
        """Return the indices in the Huffman code."""
        return self.huffman.encode(self.assignments)

    def decoded(self, stream: bytes) -> FloatArray:
        """Return the weights that a stream of this code stands for, bit for bit."""
        return self.codebook[self.huffman.decode(stream, len(self.assignments))]


@runtime_checkable
class Channel(Protocol):
    """A map, possibly random, from least-squares weights to compressed weights."""

    @property
    def name(self) -> str:
        """Short name for tables."""
        ...

    @property
    def needs_gram(self) -> bool:
        """Whether encoder and decoder use ``G = X^T X`` (design-aware) or not (design-blind)."""
        ...

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Return What, one weight vector or a batch along leading axes, of the shape of `weights`.

        Parameters
        ----------
        weights : ndarray, shape (..., d)
        gram : ndarray, shape (..., d, d), optional
            Required when `needs_gram`.
        """
        ...


def refuse_other_size(channel: Channel, features: int) -> None:
    """Refuse a channel with a centre for each of another number of weights than the model has."""
    center = getattr(channel, "center", 0.0)
    if np.ndim(center) and np.size(center) != features:
        advice = "use for_model" if hasattr(channel, "for_model") else f"give center one number, or a vector of {features}"
        raise UnsupportedModelError(
            f"the channel was built for {np.size(center)} weights, the model has {features}; {advice}."
        )


def checked_weights(weights: FloatArray, size: int | None) -> FloatArray:
    """Return finite weights, the last axis of one length, that of the channel's centre or Gram matrix; None is any."""
    array = numbers("weights", weights)
    if size is not None and array.shape[-1:] != (size,):
        raise InvalidInputError(
            "weights", f"must have shape (..., {size}), as the channel's center or gram has", f"shape {array.shape}"
        )
    return array


def checked_gram(gram: FloatArray) -> FloatArray:
    """Return finite Gram matrices."""
    array = numbers("gram", gram)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        raise InvalidInputError("gram", "must have shape (..., d, d)", f"shape {array.shape}")
    return array
