import ctypes
import os
import random
import re
import stat
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import platformdirs
import pytest
import torch

from imdbtutor.runtime import (
    cache_dir,
    keep_freed_memory,
    pick_device,
    seed_everything,
    whole_file,
)

unix = pytest.mark.skipif(os.name == "nt", reason="needs a Unix")


@pytest.mark.parametrize(
    "draw",
    [random.random, np.random.rand, lambda: torch.rand(1).item()],
    ids=["python", "numpy", "torch"],
)
def test_one_seed_gives_the_same_numbers_twice(draw):
    seed_everything(7)
    first = draw()
    seed_everything(7)
    assert draw() == first


def test_another_seed_gives_other_numbers():
    seed_everything(7)
    first = torch.rand(1)
    seed_everything(8)
    assert torch.rand(1) != first


@pytest.mark.parametrize("name", ["cpu", "cpu:0", torch.device("cpu")])
def test_a_preferred_device_is_taken(name):
    assert pick_device(name) == torch.device(name)


@pytest.mark.parametrize(
    "name", ["meta", "cpu:3", "gpu", "", "cuda:99", "cpu:-1"]
)
def test_where_nothing_can_be_computed_is_named_in_a_line(name):
    with pytest.raises(ValueError, match=rf"on '{name}'.* has: .*cpu\.$"):
        pick_device(name)


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [
        (True, True, "cuda"),
        (True, False, "cuda"),
        (False, True, "mps"),
        (False, False, "cpu"),
    ],
)
def test_the_fastest_device_of_the_machine_is_picked(
    monkeypatch, cuda, mps, expected
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert pick_device().type == expected


def test_on_linux_two_thresholds_are_raised(monkeypatch):
    told = {}
    libc = SimpleNamespace(mallopt=told.__setitem__)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: libc)
    keep_freed_memory()
    assert told.keys() == {-1, -3}
    assert all(2**20 < size < 2**31 for size in told.values())


def test_elsewhere_no_c_library_is_touched(monkeypatch):
    touched = []
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(ctypes, "CDLL", touched.append)
    keep_freed_memory()
    assert touched == []


def test_a_c_library_without_the_setting_is_left_alone(monkeypatch):
    asked = []
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", asked.append)
    keep_freed_memory()
    assert asked == [None]


def test_the_environment_moves_the_cache(cache):
    assert cache_dir() == cache


def test_the_cache_folder_is_made(cache):
    assert not cache.exists()
    assert cache_dir().is_dir()


def test_the_cache_may_exist_already(cache):
    assert cache_dir() == cache_dir()


def test_a_cache_that_cannot_be_made_is_named(cache):
    cache.write_text("a file in its place", "utf-8")
    with pytest.raises(OSError, match=r"cache' cannot.*Set IMDBTUTOR_CACHE"):
        cache_dir()


def test_the_default_cache_is_the_users(tmp_path, monkeypatch):
    monkeypatch.delenv("IMDBTUTOR_CACHE")
    monkeypatch.setattr(
        platformdirs, "user_cache_path", lambda name: tmp_path / name
    )
    assert cache_dir() == tmp_path / "imdbtutor"


# --- a file whole or not at all


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("sync", [False, True])
def test_a_whole_file_appears_when_it_is_done(tmp_path, sync):
    path = tmp_path / "new" / "a.txt"
    with whole_file(path, sync=sync) as partial:
        partial.write_text("all of it", "utf-8")
        assert not path.exists()
    assert path.read_text("utf-8") == "all of it"
    assert names(path.parent) == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_older_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("older", "utf-8")

    def write_half():
        with whole_file(path) as partial:
            partial.write_text("half", "utf-8")
            raise error

    with pytest.raises(error):
        write_half()
    assert path.read_text("utf-8") == "older"
    assert names(tmp_path) == ["a.txt"]


def test_two_writers_do_not_write_to_one_name(tmp_path):
    path = tmp_path / "a.txt"
    with whole_file(path) as one, whole_file(path) as other:
        one.write_text("one", "utf-8")
        other.write_text("other", "utf-8")
    assert path.read_text("utf-8") == "one"
    assert names(tmp_path) == ["a.txt"]


@unix
@pytest.mark.parametrize("older", ["older", None])
def test_what_a_link_leads_to_is_written_and_the_link_stays(tmp_path, older):
    path, link = tmp_path / "a.txt", tmp_path / "link"
    if older:
        path.write_text(older, "utf-8")
    link.symlink_to(path)
    with whole_file(link) as partial:
        partial.write_text("new", "utf-8")
    assert link.is_symlink()
    assert path.read_text("utf-8") == "new"
    assert names(tmp_path) == ["a.txt", "link"]


@unix
def test_permissions_are_kept(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("older", "utf-8")
    path.chmod(0o640)
    with whole_file(path) as partial:
        partial.write_text("new", "utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@unix
def test_a_file_that_root_replaces_keeps_its_owner(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("older", "utf-8")
    owner = 65534 if os.geteuid() == 0 else os.geteuid()
    os.chown(path, owner, -1)
    write_to(path)
    assert path.stat().st_uid == owner


@unix
def test_a_pipe_stays_a_pipe(tmp_path):
    pipe, found = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(
        target=lambda: found.append(pipe.read_text("utf-8"))
    )
    reader.start()
    with whole_file(pipe) as partial:
        partial.write_text("all of it", "utf-8")
    reader.join(60)
    assert found == ["all of it"]
    assert pipe.is_fifo()


@unix
def test_a_device_stays_a_device(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(os.devnull)
    with whole_file(link) as partial:
        partial.write_text("all of it", "utf-8")
    assert link.is_char_device()


@unix
def test_a_full_device_is_named():
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    with (
        pytest.raises(OSError, match=r"No space left .*: '/dev/full'"),
        whole_file(full) as partial,
    ):
        partial.write_text("all of it", "utf-8")


def write_to(path):
    with whole_file(path) as partial:
        partial.write_text("x", "utf-8")


def test_a_folder_that_is_a_file_is_told_by_the_name_that_was_given(tmp_path):
    (tmp_path / "a.txt").write_text("x", "utf-8")
    with pytest.raises(OSError, match=r"cannot be written .*out\.csv'$"):
        write_to(tmp_path / "a.txt" / "out.csv")


def test_a_folder_is_not_replaced_by_a_file(tmp_path):
    with pytest.raises(OSError, match=re.escape(str(tmp_path)) + "'$"):
        write_to(tmp_path)
    assert tmp_path.is_dir()


@unix
def test_a_ring_of_links_is_not_replaced(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "a")
    with pytest.raises(OSError, match=r"a'$"):
        write_to(tmp_path / "a")
    assert (tmp_path / "a").is_symlink()


def test_an_error_of_another_file_keeps_its_name(tmp_path):
    def read_another():
        with whole_file(tmp_path / "a.txt"):
            (tmp_path / "other.txt").read_text("utf-8")

    with pytest.raises(FileNotFoundError, match=r"other\.txt"):
        read_another()
