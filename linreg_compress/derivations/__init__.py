"""Formulas as theorems: derived step by step, each step checked by machine; sympy only.

A proof is one file in the chapter of its subject and reads as text, line, text, line. `prover` judges every line,
`ledger` all proofs together; a line may quote another derivation, and the machine checks that it says the same.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
