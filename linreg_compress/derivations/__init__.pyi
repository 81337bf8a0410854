from .ledger import Derivation as Derivation
from .ledger import verify as verify
from .registry import DERIVATIONS as DERIVATIONS
from .registry import find_derivations as find_derivations
