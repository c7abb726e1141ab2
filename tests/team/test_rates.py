from hypothesis import given
from hypothesis import strategies as st

from qa.team.rates import Rate


def test_so_many_at_once_and_then_one_after_the_other() -> None:
    now = [100.0]
    rate = Rate(3, 60.0, clock=lambda: now[0])
    assert [rate.take("ann") for _ in range(4)] == [0, 0, 0, 20]
    assert rate.take("ben") == 0  # whose own it is
    now[0] += 20
    assert rate.take("ann") == 0
    assert rate.take("ann") == 20


@given(st.lists(st.floats(min_value=0, max_value=30), max_size=60), st.integers(1, 5))
def test_never_more_than_twice_as_many_in_any_minute(pauses: list[float], most: int) -> None:
    now = [0.0]
    rate = Rate(most, 60.0, clock=lambda: now[0])
    done = []
    for pause in pauses:
        now[0] += pause
        if not rate.take("ann"):
            done.append(now[0])
    for begin in done:
        assert sum(begin <= at < begin + 60 for at in done) <= 2 * most
