"""Count the accidents that the package survives.

Run `make measure WHAT=accidents`. The tests that `make test` runs a few cases
of, in full: one test is one case, and its mark says of which kind. Writes
`results/hard.json`.
"""

import sys
from collections import Counter

import pytest

from benchmarks.records import RESULTS, describe_machine, write_json

KINDS = ("archives", "kills", "mutations", "texts")


class Count:
    """A pytest plugin that counts what passed, by mark."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.passed, self.failed = Counter(), []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test when it has run, or when it could not."""
        if report.failed:
            self.failed.append(report.nodeid)
        elif report.passed and report.when == "call":
            self.passed.update(set(KINDS) & set(report.keywords))


def main() -> None:
    """Run all cases and write down how many there were."""
    count = Count()
    marks = " or ".join(KINDS)
    code = pytest.main(["tests", "--hard", "-q", "-m", marks], plugins=[count])
    counts = {kind: count.passed[kind] for kind in KINDS}
    found = counts | {"failed": sorted(set(count.failed))} | describe_machine()
    write_json(RESULTS / "hard.json", found)
    print(counts)
    sys.exit(code)


if __name__ == "__main__":
    main()
