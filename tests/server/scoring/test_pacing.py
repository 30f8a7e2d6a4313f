"""Groups of looks are as large as the second allows in which a closed session waits for one."""

from server.scoring.rounds import GROUP, GROUP_LEAST, GROUP_MOST, GROUP_S, next_size


def test_group_shrinks_while_it_takes_too_long_and_grows_again() -> None:
    size = GROUP
    for _ in range(10):
        size = next_size(size, size, 3 * GROUP_S)
    assert size == GROUP_LEAST
    assert next_size(size, size - 1, 0.0) == size, "not full: nothing is known of a larger one"
    assert next_size(size, size, 0.8 * GROUP_S) == size
    for _ in range(10):
        size = next_size(size, size, 0.1 * GROUP_S)
    assert size == GROUP_MOST
