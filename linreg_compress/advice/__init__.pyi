from .answer import advise as advise
from .record import Advice as Advice
