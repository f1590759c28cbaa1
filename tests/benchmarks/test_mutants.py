"""Small mistakes are made where a test could notice, and counted."""

import json
import subprocess

import pytest
from places import ROOT

from benchmarks import records
from benchmarks.robustness import mutant_targets, mutants
from benchmarks.robustness.mutations import find_mutants

SOURCE = '''"""Halves."""

import math


class Half:
    """One of two."""

    share: float = 0.5

    @property
    def twice(self) -> float | None:
        """Both."""
        if self.share < 0:
            raise ValueError("less than nothing")
        return self.share * 2

    def __repr__(self) -> str:
        """Say it."""
        return "half" + str(self.share)


def clean(model, values):
    """Dropout, then a step."""
    model.zero_grad()
    return model(values, color="red")


def main():
    """Print one."""
    print(Half(), file=None)


if __name__ == "__main__":
    main()
'''
TEST = """from imdbtutor.models.half import halve


def test_the_half_of_two_is_one():
    assert halve(2) == 1


def test_the_half_of_four_is_two():
    assert halve(4) == 2
"""


def changes(where, source=SOURCE):
    found = [one for one in find_mutants(source) if one.where == where]
    return {(one.before, one.after) for one in found}


# --- which mistakes are made


def test_defaults_of_a_class_and_properties_are_changed():
    assert ("share: float = 0.5", "share: float = 1.5") in changes("Half")
    line = "return self.share * 2"
    found = changes("Half.twice")
    assert (line, "return self.share * 3") in found
    assert (line, "return self.share / 2") in found
    assert ("if self.share < 0:", "if self.share <= 0:") in found


def test_calls_steps_and_branches_are_left_out():
    assert ("if self.share < 0:", "if False:") in changes("Half.twice")
    assert ("model.zero_grad()", "pass") in changes("clean")
    source = "def score(pooled):\n    return linear(dropout(pooled))\n"
    line = "return linear(dropout(pooled))"
    assert (line, "return linear(pooled)") in changes("score", source)


def test_what_no_test_has_to_notice_is_left_alone():
    found = find_mutants(SOURCE)
    assert {one.where for one in found} == {"Half", "Half.twice", "clean"}
    kept = ("import math", "float | None", '"less than nothing"', '"""Both')
    assert all(part in one.code for part in kept for one in found)
    assert all('color="red"' in one.code for one in found)


def test_every_mutant_is_other_code_that_compiles():
    codes = [one.code for one in find_mutants(SOURCE)]
    assert len(set(codes) | {SOURCE}) == len(codes) + 1
    for code in codes:
        compile(code, "half.py", "exec")


def test_some_functions_of_a_module_can_be_chosen():
    found = find_mutants(SOURCE, ["clean"])
    assert {one.where for one in found} == {"clean"}


# --- which modules, and which tests are asked


@pytest.mark.parametrize("module", mutant_targets.modules())
def test_a_module_that_is_measured_has_tests_that_import_it(module):
    assert (ROOT / mutant_targets.source_of(module)).exists()
    tests = mutant_targets.tests_of(module)
    assert tests
    assert not [name for name in tests if "/book/" in name]


def test_a_modules_own_tests_are_asked_first():
    first, *_ = mutant_targets.tests_of("imdbtutor.models.lstm")
    assert first == "tests/package/models/test_lstm.py"


@pytest.mark.parametrize(
    ("module", "before"), [(key[0], key[2]) for key in mutants.equivalent()]
)
def test_what_was_judged_is_still_there(module, before):
    """A changed line wants to be judged anew."""
    source = (ROOT / mutant_targets.source_of(module)).read_text("utf-8")
    assert " ".join(before.split()) in " ".join(source.split())


def test_every_judgement_has_a_reason():
    assert all(len(why) > 20 for why in mutants.equivalent().values())


# --- the whole way, in a repository of its own


def git(folder, *words):
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *who, *words], cwd=folder, check=True)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """One module, and the tests of half of it."""
    root = tmp_path / "repository"
    files = {
        "imdbtutor/__init__.py": "",
        "imdbtutor/models/__init__.py": "",
        "imdbtutor/models/half.py": "def halve(x):\n    return x / 2\n",
        "tests/package/test_half.py": TEST,
        "judged.json": "[]",
        "pytest.ini": "[pytest]\npythonpath = .\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "halves")
    monkeypatch.setattr(mutants, "ROOT", root)
    monkeypatch.setattr(records, "ROOT", root)
    monkeypatch.setattr(mutants, "WARM", ())
    monkeypatch.setattr(mutant_targets, "ROOT", root)
    monkeypatch.setattr(mutant_targets, "WHOLE", ("imdbtutor.models",))
    monkeypatch.setattr(mutant_targets, "PARTS", {})
    monkeypatch.setattr(mutants, "EQUIVALENT", root / "judged.json")
    monkeypatch.setattr(mutants, "TARGET", root / "mutants.json")
    return root


def run(code, *words):
    with pytest.raises(SystemExit) as ended:
        mutants.main(words)
    assert ended.value.code == code


def measured(repository):
    (row,) = json.loads((repository / "mutants.json").read_text("utf-8"))[
        "modules"
    ]
    return row


@pytest.mark.slow
def test_mistakes_that_a_test_notices_are_counted(repository):
    run(0)
    row = measured(repository)
    assert row["module"] == "imdbtutor.models.half"
    assert (row["mutants"], row["killed"]) == (2, 2)
    assert row["survived"] == []
    source = (repository / "imdbtutor/models/half.py").read_text("utf-8")
    assert source == "def halve(x):\n    return x / 2\n"


@pytest.mark.slow
def test_mistakes_that_no_test_notices_are_named_or_judged(repository):
    test = repository / "tests/package/test_half.py"
    test.write_text(TEST.replace("== ", ">= 0 * "), "utf-8")
    git(repository, "commit", "-qam", "weaker")
    run(1)
    row = measured(repository)
    assert (row["mutants"], row["killed"]) == (2, 0)
    where, before, after = row["survived"][0]
    judged = {"module": row["module"], "where": where, "before": before}
    judged |= {"after": after, "why": "half of nothing"}
    (repository / "judged.json").write_text(json.dumps([judged]), "utf-8")
    run(1, "half")
    row = measured(repository)
    assert (row["killed"], row["equivalent"]) == (0, 1)


def test_a_module_that_is_not_there_says_what_there_is(repository):
    with pytest.raises(SystemExit, match=r"no module 'lstm'.*models\.half"):
        mutants.main(["lstm"])
