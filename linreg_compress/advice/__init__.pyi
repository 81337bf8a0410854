from .answer import Advice as Advice
from .answer import advise as advise
