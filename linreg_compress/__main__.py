"""``python -m linreg_compress`` is the same as ``linreg-compress``."""

import sys

from linreg_compress.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
