"""`python -m qa` is the same as `qa`."""

import sys

from qa.cli import main

if __name__ == "__main__":  # the workers of qa serve begin by importing this
    sys.exit(main())
