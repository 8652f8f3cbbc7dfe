"""Streams are handed to workers: never twice at the same time, and not again before the first can have ended."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from report.run.cluster.dispatch import MOST_FAILURES, Dispatch, Order
from report.run.stream_pool import ATTEMPTS

RETRY_AFTER_S = 30.0
TWO = {"a": 1, "b": 1}


def dispatch_of(streams: int) -> Dispatch:
    return Dispatch(list(range(1, streams + 1)), retry_after_s=RETRY_AFTER_S)


def numbers(orders: list[Order]) -> list[tuple[int, str]]:
    return [(order.number, order.worker) for order in orders]


def test_the_longest_begin_and_each_worker_has_as_many_as_its_threads() -> None:
    dispatch = dispatch_of(6)
    first = dispatch.orders({"a": 2, "b": 1}, 0)
    assert sorted(numbers(first)) == [(1, "a"), (2, "b"), (3, "a")]
    assert dispatch.orders({"a": 2, "b": 1}, 0) == []
    dispatch.finish(first[1])
    assert numbers(dispatch.orders({"a": 2, "b": 1}, 0)) == [(4, "b")]


def test_a_stream_whose_worker_was_lost_waits_until_it_has_ended_for_certain_and_then_comes_first() -> None:
    dispatch = dispatch_of(3)
    lost, _ = dispatch.orders(TWO, 0)
    dispatch.lose(lost, now=10)
    assert not dispatch.is_running(lost)
    assert numbers(dispatch.orders({"b": 1, "c": 1}, 10)) == [(3, "c")]
    assert dispatch.orders({"b": 1, "c": 1, "d": 1}, 10 + RETRY_AFTER_S - 1) == []
    (again,) = dispatch.orders({"b": 1, "c": 1, "d": 1}, 10 + RETRY_AFTER_S)
    assert (again.number, again.worker, again.attempt) == (1, "d", 2)


def test_a_stream_that_ended_without_a_record_is_begun_at_once_on_another_worker() -> None:
    dispatch = dispatch_of(1)
    (order,) = dispatch.orders(TWO, 0)
    dispatch.fail(order, 5)
    assert numbers(dispatch.orders(TWO, 5)) == [(1, "b")]


def test_it_is_begun_on_the_same_worker_if_there_is_no_other() -> None:
    dispatch = dispatch_of(1)
    dispatch.fail(dispatch.orders({"a": 1}, 0)[0], 0)
    assert numbers(dispatch.orders({"a": 1}, 0)) == [(1, "a")]


def test_a_stream_that_fails_for_ever_is_given_up_and_the_others_go_on() -> None:
    dispatch = dispatch_of(2)
    for _ in range(ATTEMPTS):
        for order in dispatch.orders(TWO, 0):
            if order.number == 1:
                dispatch.fail(order, 0)
            else:
                dispatch.finish(order)
    assert dispatch.given_up == [1]
    assert dispatch.over


def test_a_worker_on_which_everything_fails_costs_no_stream() -> None:
    dispatch = dispatch_of(20)
    while not dispatch.over:
        for order in dispatch.orders({"broken": 1, "sound": 1}, 0):
            if order.worker == "broken":
                dispatch.fail(order, 0)
            else:
                dispatch.finish(order)
    assert dispatch.given_up == []
    assert dispatch.is_out_of_service("broken")
    assert not dispatch.is_out_of_service("sound")


def test_without_a_usable_worker_it_cannot_go_on() -> None:
    dispatch = dispatch_of(2 * MOST_FAILURES)
    assert dispatch.cannot_go_on({})
    for _ in range(MOST_FAILURES):
        assert not dispatch.cannot_go_on({"a": 1})
        dispatch.fail(dispatch.orders({"a": 1}, 0)[0], 0)
    assert dispatch.cannot_go_on({"a": 1})
    dispatch.give_up()
    assert dispatch.over
    assert sorted(dispatch.given_up) == [1, 2, 3, 4]


@dataclass
class World:
    """Streams that visit, seen from outside: also those that nobody watches any more."""

    dispatch: Dispatch
    now: float = 0.0
    visiting: dict[int, list[float]] = field(default_factory=dict)
    """Time at which each visit of a stream ends at the latest, by its number."""

    def begin(self, threads: dict[str, int]) -> None:
        for order in self.dispatch.orders(threads, self.now):
            ends = self.visiting.setdefault(order.number, [])
            assert all(end <= self.now for end in ends), "another visit of it goes on"
            ends.append(float("inf"))

    def end(self, order: Order, after: float = 0.0) -> None:
        self.visiting[order.number][-1] = self.now + after


@given(
    st.integers(1, 8),
    st.lists(
        st.tuples(
            st.sampled_from(["finish", "fail", "lose", "nothing"]), st.integers(0, 9), st.floats(0, 20), st.booleans()
        ),
        max_size=80,
    ),
)
def test_no_stream_is_visited_twice_at_the_same_time(streams: int, happens: list[tuple[str, int, float, bool]]) -> None:
    world = World(dispatch_of(streams))
    dispatch = world.dispatch
    for what, which, seconds, one_leaves in happens:
        world.begin({"a": 2, "b": 1} if one_leaves else {"a": 2, "b": 1, "c": 1})
        running = dispatch.running
        if running and what != "nothing":
            order = running[which % len(running)]
            # A lost one goes on for the length of its lease, and a little more.
            world.end(order, RETRY_AFTER_S - 0.001 if what == "lose" else 0)
            if what == "finish":
                dispatch.finish(order)
            elif what == "fail":
                dispatch.fail(order, world.now)
            else:
                dispatch.lose(order, world.now)
        world.now += seconds
    while not dispatch.over:
        world.now += RETRY_AFTER_S
        world.begin({"fresh": 2})
        for order in dispatch.running:
            world.end(order)
            dispatch.finish(order)
    assert len(set(dispatch.given_up)) == len(dispatch.given_up)
    assert set(world.visiting) == set(range(1, streams + 1)), "each is visited, at least once"
