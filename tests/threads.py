"""Work that must not meet the event loop a browser's tests leave behind."""

from concurrent.futures import ThreadPoolExecutor


def in_thread(work, *arguments):
    """Do some work in a thread of its own, where no event loop runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work, *arguments).result()
