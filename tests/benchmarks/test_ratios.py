"""What `make measure WHAT=ratios` does with a ratio."""

import pytest

from benchmarks.speed import ratios
from benchmarks.speed.timing import Measured, make_row


@pytest.mark.parametrize(("ratio", "code"), [(4.0, 0), (3.9, 1)])
def test_a_missed_ratio_ends_with_an_error(ratio, code, monkeypatch, capsys):
    def measured():
        one, other = Measured("ours", [ratio]), Measured("theirs", [1])
        goal = "ratio >= 4"
        return make_row("a", one, "tokens/s", against=other, goal=goal)

    monkeypatch.setattr(ratios, "RATIOS", [measured])
    with pytest.raises(SystemExit) as stopped:
        ratios.main()
    assert int(stopped.value.code) == code
    assert f"ours against theirs: {ratio:.1f} times" in capsys.readouterr().out
