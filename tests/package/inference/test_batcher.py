import asyncio
import threading
from time import monotonic

import pytest
from threads import in_thread

from imdbtutor.inference.batcher import Batcher, Overloaded


class Work:
    """Doubles numbers; keeps the batches, and each waits for the gate."""

    def __init__(self):
        self.batches, self.gate = [], threading.Event()

    def __call__(self, items):
        self.batches.append(items)
        assert self.gate.wait(60)
        if 0 in items:
            raise ZeroDivisionError("no zeros")
        return [2 * item for item in items]


@pytest.fixture
def work():
    return Work()


def finish(waiting):
    """Where a result never comes, fail; do not hang."""
    return in_thread(asyncio.run, asyncio.wait_for(waiting, 60))


async def until(condition):
    end = monotonic() + 60
    while not condition():
        assert monotonic() < end
        await asyncio.sleep(0)


async def ask_each(batcher, work, numbers):
    """Ask for one number, and for the others while it is worked on."""
    tasks = []
    for place, number in enumerate(numbers):
        tasks.append(asyncio.create_task(batcher.ask([number])))
        await until(lambda: work.batches and len(batcher) == place)  # noqa: B023
    return tasks


def in_line(work, numbers, *, most=64, waiting=1_000, then=None):
    """Return what each who asks gets: a result, or the exception."""

    async def run():
        batcher = Batcher(work, most=most, waiting=waiting)
        async with batcher.running():
            tasks = await ask_each(batcher, work, numbers)
            if then:
                await then(batcher, tasks)
            work.gate.set()
            return await asyncio.gather(*tasks, return_exceptions=True)

    return finish(run())


def test_what_comes_while_the_model_is_busy_is_the_next_batch(work):
    assert in_line(work, [1, 2, 3, 4]) == [[2], [4], [6], [8]]
    assert work.batches == [[1], [2, 3, 4]]


def test_a_batch_has_no_more_items_than_it_may(work):
    in_line(work, [1, 2, 3, 4, 5, 6], most=2)
    assert work.batches == [[1], [2, 3], [4, 5], [6]]


def test_several_items_get_their_results_in_their_order(work):
    work.gate.set()

    async def run():
        batcher = Batcher(work, most=2, waiting=10)
        async with batcher.running():
            return await batcher.ask([5, 3, 4])

    assert finish(run()) == [10, 6, 8]


def test_who_hangs_up_in_line_is_not_worked_on(work):
    async def hang_up(_, tasks):
        tasks[1].cancel()

    first, second, third = in_line(work, [1, 2, 3], then=hang_up)
    assert (first, third) == ([2], [6])
    assert isinstance(second, asyncio.CancelledError)
    assert work.batches == [[1], [3]]


def test_who_hangs_up_while_worked_on_does_no_harm(work):
    async def hang_up(_, tasks):
        tasks[0].cancel()

    first, second = in_line(work, [1, 2], then=hang_up)
    assert isinstance(first, asyncio.CancelledError)
    assert second == [4]


def test_a_line_of_which_all_have_hung_up_goes_on(work):
    async def hang_up(batcher, tasks):
        tasks[1].cancel()
        await until(tasks[1].done)
        work.gate.set()
        await until(lambda: not len(batcher))
        assert await batcher.ask([7]) == [14]

    in_line(work, [1, 2], then=hang_up)
    assert work.batches == [[1], [7]]


def test_an_error_is_raised_to_those_in_the_batch_and_the_next_is_served(work):
    first, second, third, last = in_line(work, [1, 0, 3, 4], most=2)
    assert (first, last) == ([2], [8])
    assert all(isinstance(e, ZeroDivisionError) for e in (second, third))


def test_who_hung_up_gets_no_error_either(work):
    async def hang_up(_, tasks):
        tasks[0].cancel()

    _, second = in_line(work, [0, 2], then=hang_up)
    assert second == [4]


def test_a_result_too_few_is_an_error(work):
    async def run():
        batcher = Batcher(lambda items: items[1:], most=2, waiting=2)
        async with batcher.running():
            await batcher.ask([1, 2])

    with pytest.raises(ValueError, match="shorter"):
        finish(run())


def test_where_there_is_no_room_for_all_none_is_put_in_line(work):
    refused = []

    async def ask_more(batcher, _):
        with pytest.raises(Overloaded, match=r"2 wait .* 3 may"):
            await batcher.ask([8, 9])
        refused.append(len(batcher))

    in_line(work, [1, 2, 3], waiting=3, then=ask_more)
    assert refused == [2]
    assert work.batches == [[1], [2, 3]]


def test_the_last_place_in_line_can_be_had(work):
    assert in_line(work, [1, 2, 3, 4], waiting=3)[-1] == [8]


def test_the_end_waits_for_all_in_line(work):
    async def run():
        batcher = Batcher(work, most=1, waiting=10)
        async with batcher.running():
            tasks = await ask_each(batcher, work, [1, 2, 3])
            work.gate.set()
        return [task.done() for task in tasks], [
            task.result() for task in tasks
        ]

    assert finish(run()) == ([True] * 3, [[2], [4], [6]])


def test_nothing_of_it_runs_on_at_the_end(work):
    async def run():
        async with Batcher(work, most=1, waiting=1).running():
            pass
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert in_thread(asyncio.run, run()) == set()


def test_it_can_run_again_in_another_loop(work):
    work.gate.set()
    batcher = Batcher(work, most=1, waiting=1)

    async def run():
        async with batcher.running():
            return await batcher.ask([3])

    assert [finish(run()) for _ in range(2)] == [[6], [6]]
