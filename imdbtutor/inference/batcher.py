"""Requests that meet are worked on together, in one batch."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any


class Overloaded(Exception):
    """As much waits already as may wait.

    Used in chapter 15.
    """


class Batcher:
    """Collect what arrives while the model is busy, then take it all at once.

    Nothing waits for company: what finds the model free is worked on alone.
    What comes meanwhile stands in line, and is the next batch.

    Args:
        work: What a batch goes through: a list in, as many results out, in
            the same order. It runs in a thread of its own, so that others
            can join the line meanwhile.
        most: Items in a batch at most.
        waiting: Items in line at most.

    Example:
        >>> batcher = Batcher(score, most=64, waiting=1_000)
        >>> async with batcher.running():
        ...     first, second = await batcher.ask([one, another])

    Used in chapter 15.
    """

    def __init__(
        self, work: Callable[[list], Sequence], *, most: int, waiting: int
    ) -> None:
        """Make an empty line."""
        self.work, self.most, self.waiting = work, most, waiting
        self._line: asyncio.Queue[tuple[Any, asyncio.Future]] = asyncio.Queue()

    def __len__(self) -> int:
        """Return how many items are in line."""
        return self._line.qsize()

    async def ask(self, items: Sequence) -> list:
        """Put items in line and wait for what becomes of them.

        Args:
            items: Good ones: what `work` raises is raised to everybody whose
                items are in the same batch.

        Returns:
            A result for each item, in the same order.

        Raises:
            Overloaded: If there is no room in line for all of them; then
                none is put there.
        """
        if len(self) + len(items) > self.waiting:
            raise Overloaded(
                f"{len(self)} wait already, and {self.waiting} may. Ask "
                "again in a second."
            )
        loop = asyncio.get_running_loop()
        results = [loop.create_future() for _ in items]
        for pair in zip(items, results, strict=True):
            self._line.put_nowait(pair)
        return await asyncio.gather(*results)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work on the line; at the end, first on all that is still in it."""
        self._line = asyncio.Queue()  # each belongs to one event loop
        with ThreadPoolExecutor(1) as thread:
            worker = asyncio.create_task(self._work_on_line(thread))
            try:
                yield
                await self._line.join()
            finally:
                worker.cancel()
                with suppress(asyncio.CancelledError):
                    await worker

    async def _work_on_line(self, thread: Executor) -> None:
        while True:
            batch = [await self._line.get()]
            while len(batch) < self.most and len(self):
                batch.append(self._line.get_nowait())
            # Who has hung up meanwhile has cancelled the result.
            asked = [one for one in batch if not one[1].done()]
            if asked:
                await self._work_on(asked, thread)
            for _ in batch:
                self._line.task_done()

    async def _work_on(
        self, batch: list[tuple[Any, asyncio.Future]], thread: Executor
    ) -> None:
        items = [item for item, _ in batch]
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(thread, self.work, items)
            answers = list(zip(batch, found, strict=True))
        except Exception as error:  # theirs who asked; the line goes on
            for _, result in batch:
                if not result.done():
                    result.set_exception(error)
            return
        for (_, result), answer in answers:
            if not result.done():
                result.set_result(answer)
