"""Be told to end: by Ctrl-C, or as a service manager tells a program to, by SIGTERM.

Does not know what there is to end.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
)


@contextmanager
def told_by_signals() -> Iterator[None]:
    """Take the first of these signals for Ctrl-C; any after it ends the program at once.

    Raises:
        KeyboardInterrupt: Within, when the first comes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # which signals do not reach
        return

    def tell(*_: object) -> None:
        end_at_once_next_time()
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in SIGNALS}
    # What is ignored stays so: that was meant, as by nohup.
    taken = [number for number in SIGNALS if before[number] is not signal.SIG_IGN]
    try:
        for number in taken:
            signal.signal(number, tell)
        yield
    finally:
        for number in taken:
            signal.signal(number, before[number])


def end_at_once_next_time() -> None:
    """Have the next signal end the program wherever it is."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
