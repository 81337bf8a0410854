"""Information theory that knows no model, in nats.

Entropy and Huffman codes of discrete symbols (`discrete`), entropy and information of Gaussian vectors (`gaussian`),
rate-distortion of Gaussian sources with reverse water-filling (`rate_distortion`), and that of any source by Blahut and
Arimoto's iteration with a certificate (`blahut_arimoto`).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
