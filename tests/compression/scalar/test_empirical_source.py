"""The weights at hand as a source."""

import copy
import pickle

import numpy as np

from linreg_compress.compression.scalar.empirical_source import EmpiricalSource


def test_a_sample_is_kept_as_it_was() -> None:
    values, importance = np.array([3.0, 1.0, 2.0]), np.array([1.0, 3.0, 1.0])
    source = EmpiricalSource(values, importance)
    shares = source.moments(np.array([2.5])).probability.tolist()
    values += 10
    importance += 10
    for one in (source, pickle.loads(pickle.dumps(source)), copy.deepcopy(source)):
        assert np.asarray(one.values).tolist() == [3.0, 1.0, 2.0]
        assert np.asarray(one.importance).tolist() == [1.0, 3.0, 1.0]
        assert one.moments(np.array([2.5])).probability.tolist() == shares
        assert not any(value.flags.writeable for value in vars(one).values() if isinstance(value, np.ndarray))
