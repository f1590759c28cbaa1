import gzip

import pytest
from archives import ARCHIVE, left, md5

from imdbtutor.data.download import fetch_aclimdb, find_aclimdb
from imdbtutor.data.readers import BadReviews
from imdbtutor.data.reviews import load_reviews, official_test

# --- what is fetched


def test_what_is_fetched_loads_as_reviews(fetch, archive, stanford):
    fetched = load_reviews(fetch(archive))
    assert fetched.equals(load_reviews(stanford))


def test_the_folder_is_named_as_in_the_archive(fetch, archive, tmp_path):
    assert fetch(archive) == tmp_path / "data" / "aclImdb"


def test_without_a_folder_the_cache_is_used(fetch, archive, cache):
    assert fetch(archive, folder=None) == cache / "aclImdb"


def test_a_folder_below_the_home_is_found(
    fetch, archive, tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # the same in Windows
    assert fetch(archive, folder="~/new") == tmp_path / "new" / "aclImdb"


def test_a_folder_is_where_python_runs(fetch, archive, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert fetch(archive, folder="new") == tmp_path / "new" / "aclImdb"


def test_what_is_there_is_not_asked_for_again(fetch, archive, server):
    first = fetch(archive)
    assert fetch(archive) == first
    assert len(server.asked) == 1


def test_only_folder_and_archive_are_left(fetch, archive):
    assert left(fetch(archive).parent) == ["aclImdb", ARCHIVE]


def test_an_archive_fetched_by_hand_is_used(
    fetch, archive, server, stanford, write
):
    write(f"data/{ARCHIVE}", archive)
    assert load_reviews(fetch(archive)).equals(load_reviews(stanford))
    assert server.asked == []


def test_a_wrong_archive_beside_is_replaced(fetch, archive, write):
    path = write(f"data/{ARCHIVE}", b"not the archive")
    fetch(archive)
    assert path.read_bytes() == archive


def test_a_bar_shows_how_far_it_is(server, archive, tmp_path, capsys):
    server.raw = archive
    digest = md5(archive)
    fetch_aclimdb(tmp_path / "data", url=server.url, known_hash=digest)
    shown = capsys.readouterr().err
    assert shown.count("100%") >= 2  # fetched, and unpacked
    assert "Unpacking: 100%" in shown


# --- a folder that was changed


@pytest.mark.archives
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("train/pos/3_8.txt", "delete"),
        ("train/pos/3_8.txt", b""),
        ("train/pos/3_8.txt", b"train/pos x"),  # as long as it was
        ("train/pos/3_8.txt", "3_9.txt"),
        ("train/pos/3_8.txt", "../neg/12_8.txt"),
        ("train/pos/12_8.txt", b"one more"),
        ("test/urls_neg.txt", b"/tt1/"),
        ("texts.sha256", b"\xff"),
        ("texts.sha256", "delete"),
    ],
)
@pytest.mark.parametrize("use", ["fetch", "find"])
def test_a_changed_folder_is_not_used(
    fetch, archive, tmp_path, name, change, use
):
    path = fetch(archive) / name
    if isinstance(change, bytes):
        path.write_bytes(change)
    elif change == "delete":
        path.unlink()
    else:
        path.rename(path.parent / change)
    with pytest.raises(BadReviews, match=r"aclImdb' (is dam|was not).*fetch"):
        fetch(archive) if use == "fetch" else find_aclimdb(tmp_path / "data")


def test_a_changed_folder_that_was_deleted_is_made_again(
    fetch, archive, server, stanford
):
    fetch(archive).rename(stanford.parent / "away")
    assert load_reviews(fetch(archive)).equals(load_reviews(stanford))
    assert len(server.asked) == 1


def test_what_a_file_manager_leaves_is_no_damage(fetch, archive):
    folder = fetch(archive)
    (folder / "train" / ".DS_Store").write_bytes(b"\0")
    (folder / "train" / "pos" / "._3_8.txt").write_bytes(b"\0")
    assert fetch(archive) == folder


# --- what is there already


def test_what_was_fetched_is_found(fetch, archive, cache):
    fetch(archive, folder=None)
    assert find_aclimdb() == cache / "aclImdb"


def test_what_was_fetched_is_the_official_test(fetch, archive, stanford):
    assert official_test() is None
    fetch(archive, folder=None)
    everything = load_reviews(stanford)
    expected = everything[everything["part"] == "test"]
    assert official_test().equals(expected.reset_index(drop=True))


def test_what_was_not_fetched_is_not_found(tmp_path):
    assert find_aclimdb(tmp_path) is None


def test_without_a_cache_nothing_is_found(cache):
    cache.write_text("a file in its place", "utf-8")
    assert find_aclimdb() is None


def test_gzip_is_the_only_way_to_pack(fetch, archive, tmp_path):
    with pytest.raises(BadReviews, match="not a gzip file"):
        fetch(gzip.decompress(archive))
    assert left(tmp_path / "data") == [ARCHIVE]
