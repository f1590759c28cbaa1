"""Archives that are not what they should be: an error, or all reviews."""

import gzip
import io
import random
import sys
import tarfile
import zlib

import pytest
from archives import ARCHIVE, left, pack, sparse, special

from imdbtutor.data import download
from imdbtutor.data.readers import BadReviews
from imdbtutor.data.reviews import load_reviews

REVIEW = "aclImdb/train/pos/3_8.txt"
FOLDERS = ("train/neg/", "train/pos/", "test/neg/", "test/pos/")
LISTS = ("train/urls_neg", "train/urls_pos", "test/urls_neg", "test/urls_pos")
pytestmark = pytest.mark.archives


def chain(length):
    """Long names of long names: headers that say the name comes next."""
    one = tarfile.TarInfo("././@LongLink")
    one.type, one.size = tarfile.GNUTYPE_LONGNAME, 512
    block = one.tobuf(tarfile.GNU_FORMAT) + b"a".ljust(512, b"\0")
    return gzip.compress(block * length, 1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("../evil", b"no", "outside the destination"),
        ("../../evil", b"no", "outside the destination"),
        ("aclImdb/../../evil", b"no", "outside the destination"),
        (REVIEW, special(tarfile.SYMTYPE, "4_8.txt"), "neither file nor"),
        (REVIEW, special(tarfile.SYMTYPE, "/etc/passwd"), "neither file nor"),
        (REVIEW, special(tarfile.SYMTYPE, "../../../../x"), "neither file"),
        ("aclImdb/train/pos", special(tarfile.SYMTYPE, "neg"), "neither file"),
        (
            REVIEW,
            special(tarfile.LNKTYPE, "aclImdb/train/neg/3_8.txt"),
            "neither file nor",
        ),
        (REVIEW, special(tarfile.FIFOTYPE), "neither file nor"),
        (REVIEW, special(tarfile.CHRTYPE), "neither file nor"),
        (REVIEW, special(tarfile.DIRTYPE), "3_8.txt"),
        (REVIEW, b"caf\xe9", r"pos.3_8\.txt: a byte is not UTF-8"),
        (REVIEW, b"", r"pos.3_8\.txt: the text is empty"),
        (REVIEW, b" \r\n", r"pos.3_8\.txt: the text is empty"),
        ("aclImdb/train/pos/3_7.txt", b"so", "review 3 is there twice"),
        ("aclImdb/train/pos/03_8.txt", b"so", "review 3 is there twice"),
        ("aclImdb/train/pos/12_8.txt", b"so", "review 12 is there, and not"),
        ("aclImdb/train/pos", b"a file", "pos"),
        ("aclImdb", b"a file", "aclImdb"),
        (f"{REVIEW}/below", b"no", "3_8.txt"),
        ("aclImdb/train/urls_pos.txt", b"/tt1/\n/no/\n", "line 2: no film"),
        ("aclImdb/train/urls_pos.txt", b"/tt1/\n\xff\n", "line 2: no film"),
        ("aclImdb/train/urls_pos.txt", b"/tt1/\n" * 9, "names 9 films"),
        ("aclImdb/" + "a" * 300, b"no", "aaa...' is too long"),
        ("a/" * 1500 + "a", b"no", "a/...' is too long"),
        ("big", special(tarfile.REGTYPE, size=2 * 10**9), "2,000,.* bytes"),
        ("big", special(tarfile.REGTYPE, size=10**15), "more than the rev"),
        ("big", sparse(10**12), "more than the reviews can be"),
        ("odd", special(tarfile.REGTYPE, path="a\0b"), "null"),
    ],
)
def test_one_bad_member_is_named(
    fetch, contents, tmp_path, name, content, message
):
    members = contents | {name: content}
    with pytest.raises(BadReviews, match=rf"{ARCHIVE}: cannot .*{message}"):
        fetch(pack(members.items()))
    assert left(tmp_path / "data") == [ARCHIVE]
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("missing", [*FOLDERS, *LISTS, "train/pos/3_8"])
def test_what_is_missing_in_the_archive_is_named(
    fetch, contents, tmp_path, missing
):
    members = [
        (name, content)
        for name, content in contents.items()
        if not name.startswith(f"aclImdb/{missing}")
    ]
    message = missing.removesuffix("3_8").strip("/").replace("/", ".")
    with pytest.raises(BadReviews, match=message):
        fetch(pack(members))
    assert left(tmp_path / "data") == [ARCHIVE]


def garbled():
    """A block of no known kind (RFC 1951, 3.2.3) in the midst of a text."""
    tar = gzip.decompress(pack([("aclImdb/README", b"so" * 9_000)]))
    packer = zlib.compressobj(wbits=31)  # as gzip does
    start = packer.compress(tar[:16_000]) + packer.flush(zlib.Z_SYNC_FLUSH)
    return start + b"\x07"


def unfinished():
    """An archive without its end, and with a wrong checksum."""
    tar = gzip.decompress(pack([("aclImdb/README", b"so")]))[:1024]
    return gzip.compress(tar)[:-8] + bytes(8)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (garbled(), "invalid block type"),
        (unfinished(), "CRC check failed"),
        (pack([("other/README", b"so")]), "no reviews in 'aclImdb"),
        (pack([("aclImdb/README", b"so")]), "no reviews in 'aclImdb"),
        (pack([]), "no reviews in 'aclImdb"),
        (b"", "empty file"),
        (b"no archive at all", "not a gzip file"),
        (gzip.compress(b""), "empty file"),
        (gzip.compress(b"no archive at all"), "truncated header"),
        (gzip.compress(b"no archive at all" * 99), "invalid header"),
        (pack([("a", b"so" * 9_000)])[:-30], "ended before|end of data"),
        (chain(5_000), "cannot be unpacked"),
    ],
    # Bytes would not do: gzip writes the time into them.
    ids=[
        "garbled",
        "unfinished",
        "another folder",
        "no reviews",
        "no members",
        "empty",
        "text",
        "packed nothing",
        "packed text",
        "packed long text",
        "cut off",
        "a chain of links",
    ],
)
def test_what_is_no_archive_is_refused(fetch, tmp_path, raw, message):
    with pytest.raises(BadReviews, match=message):
        fetch(raw)
    assert left(tmp_path / "data") == [ARCHIVE]


@pytest.mark.parametrize(
    ("limit", "value"), [("MOST_FILES", 51), ("MOST_BYTES", 900)]
)
def test_many_small_members_are_too_many(
    fetch, archive, tmp_path, monkeypatch, limit, value
):
    monkeypatch.setattr(download, limit, value)
    with pytest.raises(BadReviews, match="more than the reviews can be"):
        fetch(archive)
    assert left(tmp_path / "data") == [ARCHIVE]


@pytest.mark.parametrize(
    "extra",
    [
        ("aclImdb/train/pos/notes.txt", b"\xff"),
        ("aclImdb/train/pos/.DS_Store", b"\0"),
        ("aclImdb/train/pos/._3_8.txt", b"\0"),
        ("aclImdb/train/pos/3_8 (1).txt", b"so"),
        ("aclImdb/train/pos/12_8.txt.part", b"so"),
        ("aclImdb/train/pos/empty", special(tarfile.DIRTYPE)),
        ("aclImdb/train/unsup/0_0.txt", b"\xff"),
        pytest.param(
            ("aclImdb/train/\udcff.txt", b"so"),
            marks=pytest.mark.skipif(
                sys.platform != "linux", reason="Linux allows such names"
            ),
        ),
        ("beside", b"so"),
        ("/evil", b"so"),
        ("/aclImdb/train/pos/.evil", b"so"),
    ],
)
def test_a_stray_member_changes_no_review(
    fetch, contents, stanford, tmp_path, extra
):
    folder = fetch(pack([extra, *contents.items()]))
    assert load_reviews(folder).equals(load_reviews(stanford))
    assert left(tmp_path / "data") == ["aclImdb", ARCHIVE]
    assert fetch(b"", folder=folder.parent) == folder


@pytest.mark.parametrize("change", ["dot", "slash", "order", "twice", "modes"])
def test_an_archive_packed_in_another_way_is_read(
    fetch, contents, stanford, change
):
    members = list(contents.items())
    if change == "twice":
        members = [(name, b"\xff") for name in contents] + members
    elif change == "order":
        members.reverse()
    else:
        start = {"dot": "./", "slash": "/", "modes": ""}[change]
        members = [(start + name, content) for name, content in members]
    raw = pack(members)
    if change == "modes":
        tar = bytearray(gzip.decompress(raw))
        for start in headers(tar):
            rewrite(tar, start + 100, b"0000000")
        raw = gzip.compress(tar)
    assert load_reviews(fetch(raw)).equals(load_reviews(stanford))


# --- damage at random places


def headers(tar):
    with tarfile.open(fileobj=io.BytesIO(tar)) as opened:
        return [member.offset for member in opened]


def rewrite(tar, place, raw):
    """Write into a header, and correct its checksum."""
    tar[place : place + len(raw)] = raw
    start = place // 512 * 512
    tar[start + 148 : start + 156] = b" " * 8
    total = sum(tar[start : start + 512])
    tar[start + 148 : start + 156] = b"%06o\0 " % total


def damage(raw, chance):
    """Damage an archive in one place, and pack it as if nothing were."""
    tar = bytearray(gzip.decompress(raw))
    place = chance.randrange(len(tar))
    kind = chance.choice(["bit", "cut", "header", "zeros", "packed"])
    if kind == "bit":
        tar[place] ^= 1 << chance.randrange(8)
    elif kind == "cut":
        del tar[place:]
    elif kind == "zeros":
        tar[place : place + 512] = bytes(len(tar[place : place + 512]))
    elif kind == "header":
        place = chance.choice(headers(tar)) + chance.randrange(148)
        rewrite(tar, place, chance.randbytes(1))
    packed = bytearray(gzip.compress(tar, 1))
    if kind == "packed":
        packed[chance.randrange(len(packed))] ^= 1 << chance.randrange(8)
    return bytes(packed)


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        count = 1000 if metafunc.config.getoption("--hard") else 20
        metafunc.parametrize("seed", range(count))


def test_damage_is_an_error_or_does_no_harm(fetch, archive, tmp_path, seed):
    try:
        found = load_reviews(fetch(damage(archive, random.Random(seed))))
    except BadReviews:
        assert left(tmp_path / "data") == [ARCHIVE]
    else:
        counts = found.groupby(["part", "label"]).size()
        assert counts.to_list() == [12, 12, 12, 12]
