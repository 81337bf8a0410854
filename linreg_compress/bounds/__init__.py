"""What mutual information promises about the generalization error, one theorem a file.

Each bound is a record that says what it bounds, its kind and its assumptions (`bound`). `information` says how many nats
a code reveals of the data, `same_inputs` is the truth that some bounds are held against, and `of_code` lists every bound
that holds for a given code, with the reason where one does not.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
