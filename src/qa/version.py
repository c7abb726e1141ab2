"""Which version of the program this is; the package's metadata say the same."""

__version__ = "0.1.0"
