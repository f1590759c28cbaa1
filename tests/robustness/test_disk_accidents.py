"""Disks that are full, folders that are forbidden."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from archives import ARCHIVE, left, pack

from imdbtutor.data.download import find_aclimdb
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.reviews import load_reviews

pytestmark = pytest.mark.archives
NO_ROOM = "cannot hold the reviews: No space left.* 0.6 GB"


class Disk:
    """A disk of a megabyte and 200 files."""

    def __init__(self, folder):
        self.folder = folder

    def mount(self, options):
        """Say whether it could be done."""
        where = ["-t", "tmpfs", "-o", options, "none", self.folder]
        done = subprocess.run(["mount", *where], capture_output=True)
        return done.returncode == 0

    def change(self, options):
        assert self.mount(f"remount,{options}")


@pytest.fixture
def disk(tmp_path):
    made = Disk(tmp_path / "disk")
    made.folder.mkdir()
    if sys.platform != "linux" or not made.mount("size=1m,nr_inodes=200"):
        pytest.skip("small disks are mounted on Linux, and by root alone")
    yield made
    subprocess.run(["umount", made.folder], check=True)


@pytest.fixture
def large(contents):
    """Two megabytes, and no way to pack them smaller."""
    noise = random.Random(0).randbytes(2 * 10**6)
    return pack([*contents.items(), ("aclImdb/noise", noise)])


@pytest.fixture
def swelling(contents):
    """A few kilobytes that unpack to two megabytes."""
    return pack([*contents.items(), ("aclImdb/zeros", bytes(2 * 10**6))])


def test_a_disk_that_is_full_while_fetching_is_named(fetch, large, disk):
    with pytest.raises(OSError, match=rf"disk' {NO_ROOM}"):
        fetch(large, folder=disk.folder)
    assert left(disk.folder) == []


def test_a_disk_that_is_full_while_unpacking_is_named(fetch, swelling, disk):
    with pytest.raises(OSError, match=rf"disk' {NO_ROOM}"):
        fetch(swelling, folder=disk.folder)
    assert left(disk.folder) == [ARCHIVE]


def test_a_disk_that_can_hold_no_more_files_is_named(fetch, archive, disk):
    disk.change("nr_inodes=40")
    with pytest.raises(OSError, match=rf"disk' {NO_ROOM}"):
        fetch(archive, folder=disk.folder)
    assert left(disk.folder) == [ARCHIVE]


def test_with_more_room_what_was_fetched_is_used(
    fetch, swelling, disk, server, stanford
):
    with pytest.raises(OSError, match=NO_ROOM):
        fetch(swelling, folder=disk.folder)
    disk.change("size=4m")
    fetched = load_reviews(fetch(swelling, folder=disk.folder))
    assert fetched.equals(load_reviews(stanford))
    assert len(server.asked) == 1


def test_a_disk_that_is_read_only_is_named(fetch, archive, disk, server):
    disk.change("ro")
    with pytest.raises(OSError, match=r"disk/new' cannot hold.* Read-only"):
        fetch(archive, folder=disk.folder / "new")
    assert server.asked == []


def test_what_is_there_is_read_from_a_disk_that_is_read_only(
    fetch, archive, disk
):
    there = fetch(archive, folder=disk.folder)
    disk.change("ro")
    assert fetch(archive, folder=disk.folder) == there
    assert find_aclimdb(disk.folder) == there


def test_a_copy_on_another_disk_is_whole(fetch, archive, disk, server):
    there = fetch(archive)
    copy = shutil.copytree(there, disk.folder / there.name)
    assert fetch(archive, folder=disk.folder) == copy
    assert len(server.asked) == 1


@pytest.fixture
def short_files():
    """No file of this process may grow beyond a megabyte."""
    resource = pytest.importorskip("resource", reason="a limit of Unix")
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, old[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, old)


@pytest.mark.usefixtures("short_files")
def test_an_archive_beyond_the_quota_leaves_nothing(fetch, large, tmp_path):
    with pytest.raises(OSError, match=r"cannot hold.*File too large.*0\.6 GB"):
        fetch(large)
    assert left(tmp_path / "data") == []


@pytest.mark.usefixtures("short_files")
def test_a_text_beyond_the_quota_leaves_the_archive(fetch, swelling, tmp_path):
    with pytest.raises(OSError, match=r"cannot hold.*File too large"):
        fetch(swelling)
    assert left(tmp_path / "data") == [ARCHIVE]


# --- permissions


@pytest.fixture
def forbidden(tmp_path):  # which is made while this process still may
    """A folder that this process may read and may not write."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs the permissions of Unix")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        user = os.geteuid()
        os.seteuid(user or 65534)  # root may write everywhere
        yield folder
        os.seteuid(user)
        folder.chmod(0o755)


@pytest.mark.parametrize("below", [".", "new"])
def test_a_folder_without_permission_is_named(
    fetch, archive, forbidden, server, below
):
    message = f"{forbidden.name}.*cannot hold.*Permission denied.*FOLDER"
    with pytest.raises(OSError, match=message):
        fetch(archive, folder=forbidden / below)
    assert list(forbidden.iterdir()) == []
    assert server.asked == []


@pytest.fixture
def no_cache(forbidden, monkeypatch):
    """A home that is read-only."""
    monkeypatch.setenv("IMDBTUTOR_CACHE", str(forbidden / "cache"))


@pytest.mark.usefixtures("no_cache")
def test_a_home_without_permission_is_named(fetch):
    with pytest.raises(OSError, match=r"cache' cannot be made.*Set IMDBTUTOR"):
        fetch(b"", folder=None)


@pytest.mark.usefixtures("no_cache")
def test_without_permission_nothing_is_found():
    assert find_aclimdb() is None


@pytest.mark.usefixtures("no_cache")
def test_without_permission_reviews_are_encoded_all_the_same(texts, vocab):
    expected = encode_reviews(texts, vocab, cache=False)
    with pytest.warns(UserWarning, match="not kept.*Permission denied"):
        encoded = encode_reviews(texts, vocab)
    assert [ids.tolist() for ids in encoded] == [
        ids.tolist() for ids in expected
    ]


def test_on_a_full_disk_reviews_are_encoded_all_the_same(
    texts, vocab, disk, monkeypatch
):
    monkeypatch.setenv("IMDBTUTOR_CACHE", str(disk.folder))
    texts = texts * 10_000
    with pytest.warns(UserWarning, match="not written.*No space left"):
        encoded = encode_reviews(texts, vocab)
    assert len(encoded) == 80_000
    assert list(disk.folder.iterdir()) == []


@pytest.mark.parametrize(
    "taken", ["data", "data/aclImdb", f"data/{ARCHIVE}/x"]
)
def test_something_else_in_the_place_is_named(fetch, archive, write, taken):
    path = write(taken, "something else")
    with pytest.raises((OSError, ValueError), match=r"data.*(another|Move)"):
        fetch(archive)
    assert path.read_text("utf-8") == "something else"
