"""`python -m qa` is the same as `qa`."""

import sys

from qa.cli import main

sys.exit(main())
