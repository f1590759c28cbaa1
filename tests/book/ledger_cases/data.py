"""The reviews, up to padded batches: S08 to S13, C11 to C33."""

import functools
import importlib
import re
import string
import warnings
from collections import Counter

import nltk
import pandas as pd
import pytest
import torch
from sklearn.feature_extraction.text import CountVectorizer
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, TensorDataset

from imdbtutor.data.batches import (
    Batch,
    LengthBatches,
    ReviewDataset,
    make_loader,
)
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.data.vocab import PAD, UNK, build_vocab_from_iterator

TOYS = [
    "This movie is fun",
    "This movie is dull",
    "This movie is warm and funny",
    "This movie is cold and silly",
]


def kaggle(texts, labels):
    """Write reviews as Kaggle's file has them: tabs, and quotes as `\\"`."""
    lines = ["id\tsentiment\treview"]
    for number, (text, label) in enumerate(zip(texts, labels, strict=True)):
        escaped = text.replace("\t", " ").replace('"', r"\"")
        lines.append(f'"{number}_1"\t{label}\t"{escaped}"')
    return "\n".join(lines)


def as_told(path):
    """Read the file with two names for its three columns."""
    return pd.read_csv(path, names=["label", "review"], sep="\t")


def read_right(path):
    names = ["id", "label", "review"]
    return pd.read_csv(path, sep="\t", header=0, names=names, escapechar="\\")


def as_written(text):
    """Cut a text into words and signs, and leave capitals alone."""
    return re.findall(r"\w+|[^\w\s]", text)


@functools.cache
def cased_counts():
    """Count words and signs as they are written, in every fourth review."""
    counts = Counter()
    for text in load_reviews()["text"].iloc[::4]:
        counts.update(as_written(text))
    return counts


def rank(word):
    counts = cased_counts()
    return sum(count > counts[word] for count in counts.values())


@functools.cache
def review_lengths():
    """Count the book's tokens in each of the 25,000 reviews."""
    return torch.tensor([len(tokenize(t)) for t in load_reviews()["text"]])


def padding_share(batches):
    lengths = review_lengths()
    cells = sum(len(rows) * lengths[rows].max() for rows in batches)
    return (1 - lengths.sum() / cells).item()


def some_vocab(reviews, **options):
    return build_vocab_from_iterator(
        map(tokenize, reviews["text"].iloc[::25]), **options
    )


def import_fails(name):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(name)
    except (ImportError, OSError):
        return True
    return False


def s08(write):
    """Two names for three columns: no error, and three things wrong."""
    path = write("k.tsv", kaggle(["Fun.", 'A "comedy".'], [1, 0]))
    table = as_told(path)
    assert table.index.tolist() == ["id", "0_1", "1_1"]
    garbled = 'A \\comedy\\"."'
    assert table["review"].tolist() == ["review", "Fun.", garbled]
    right = read_right(path)
    assert right["review"].tolist() == ["Fun.", 'A "comedy".']
    assert right["label"].tolist() == [1, 0]


def s09(write):
    """The labels it reads are text, which no tensor takes."""
    path = write("k.tsv", kaggle(["Fun.", "Dull."], [1, 0]))
    with pytest.raises(ValueError, match="too many dimensions 'str'"):
        torch.tensor(as_told(path)["label"].values)
    labels = torch.tensor(load_reviews(path)["label"].values)
    assert labels.tolist() == [1, 0]


def s10(monkeypatch):
    """Without data for sentence ends, an error; without sentences, none."""
    nltk.tokenize._get_punkt_tokenizer.cache_clear()
    monkeypatch.setattr(nltk.data, "path", [])
    with pytest.raises(LookupError, match="punkt_tab"):
        nltk.word_tokenize("We laughed, all of us.")
    tokens = nltk.word_tokenize("We laughed, all of us.", preserve_line=True)
    assert tokens == ["We", "laughed", ",", "all", "of", "us", "."]


def s11():
    """Torchtext is not to be had; the same call on our own module works."""
    if not import_fails("torchtext"):
        pytest.skip("here is a PyTorch old enough for torchtext")
    vocab = build_vocab_from_iterator(map(tokenize, TOYS))
    assert vocab.lookup_token(0) == "is"
    with pytest.raises(RuntimeError, match="default index is not set"):
        vocab(["unheard"])
    vocab = build_vocab_from_iterator(map(tokenize, TOYS), specials=[PAD, UNK])
    vocab.set_default_index(vocab[UNK])
    assert vocab(["unheard", "is"]) == [1, 2]


def s12(vocab):
    """A 0 inside a review is taken for padding."""
    reviews = [torch.tensor([5, 8]), torch.tensor([5, 0, 7])]
    padded = pad_sequence(reviews, batch_first=True)
    assert (padded != 0).sum(dim=1).tolist() == [2, 2]
    reviews = encode_reviews(["A film!", "A great story!"], vocab, cache=False)
    padded = pad_sequence(reviews, batch_first=True, padding_value=vocab[PAD])
    assert (padded != vocab[PAD]).sum(dim=1).tolist() == [3, 4]


def s13(packaged, vocab):
    """A column is no tensor; text, and another number of labels, neither."""
    padded = torch.zeros(4, 7)
    with pytest.raises(TypeError, match="'int' object is not callable"):
        TensorDataset(padded, packaged["label"])
    with pytest.raises(ValueError, match="too many dimensions 'str'"):
        torch.tensor(packaged["label"].astype(str).values)
    labels = torch.tensor(packaged["label"].values)
    assert len(labels) == 25_000
    with pytest.raises(AssertionError, match="Size mismatch"):
        TensorDataset(padded, labels)
    encoded = encode_reviews(TOYS, vocab, cache=False)
    loader = make_loader(ReviewDataset(encoded, [1, 0, 1, 0]), 2)
    assert sum(len(batch.labels) for batch in loader) == 4


def c11(packaged):
    """Of 25,000 reviews, 24,898 hold capitals and 24,999 punctuation."""
    text, marks = packaged["text"], set(string.punctuation)
    assert len(text) == 25_000
    assert (text != text.str.lower()).sum() == 24_898
    marked = text.map(lambda review: not marks.isdisjoint(review))
    assert marked.sum() == 24_999
    assert (marked | (text != text.str.lower())).all()


def c12(packaged):
    """14,665 of 25,000 reviews hold line breaks of HTML."""
    breaks = packaged["text"].str.count("<br />")
    assert (breaks > 0).sum() == 14_665
    assert breaks.sum() == 101_870
    cut = nltk.word_tokenize("Fun.<br />", preserve_line=True)
    assert cut[-4:] == ["<", "br", "/", ">"]
    assert tokenize("Fun.<br />") == ["fun", "."]


def c13(stanford, write):
    """Stanford's folder has no .tsv; each of the two has its own way in."""
    assert not list(stanford.rglob("*.tsv"))
    with pytest.raises(FileNotFoundError):
        as_told(stanford / "train" / "labeledTrainData.tsv")
    assert set(load_reviews(stanford)["label"]) == {0, 1}
    path = write("k.tsv", kaggle(["Fun.", "Dull."], [1, 0]))
    assert load_reviews(path)["label"].tolist() == [1, 0]


def c14(write):
    """The third column becomes the index, and the header a row."""
    path = write("k.tsv", kaggle(["Fun."], [1]))
    table = as_told(path)
    assert table.index.tolist() == ["id", "0_1"]
    assert table.iloc[0].tolist() == ["sentiment", "review"]
    right = read_right(path)
    assert right.index.tolist() == [0]
    assert right.columns.tolist() == ["id", "label", "review"]


def c15(packaged, write):
    """25,000 reviews are read as 25,001."""
    path = write("k.tsv", kaggle(["Fun."] * 25_000, packaged["label"]))
    assert as_told(path).shape == (25_001, 2)
    assert read_right(path).shape == (25_000, 3)


def c16(write):
    """The labels come out as text, with a word among them."""
    path = write("k.tsv", kaggle(["Fun.", "Dull."], [1, 0]))
    assert as_told(path)["label"].tolist() == ["sentiment", "1", "0"]
    assert read_right(path)["label"].dtype == "int64"


def c17(packaged, write):
    """Every review with a quote in it is garbled."""
    path = write("k.tsv", kaggle(packaged["text"], packaged["label"]))
    texts = packaged["text"].str.replace("\t", " ").to_numpy()
    quoted = packaged["text"].str.contains('"', regex=False).to_numpy()
    assert quoted.sum() == 11_623
    garbled = as_told(path)["review"].to_numpy()[1:] != texts
    assert (garbled == quoted).all()
    assert (load_reviews(path)["text"].to_numpy() == texts).all()


def c19():
    """Words make a larger vocabulary than letters; counts make it small."""
    counts = cased_counts()
    letters = set("".join(counts))
    assert len(letters) < len(counts) / 100
    lowered = {word.lower() for word in counts}
    assert 0.7 < len(lowered) / len(counts) < 0.9
    twice = sum(count > 1 for count in counts.values())
    assert twice < 0.65 * len(counts)


def c20(monkeypatch, tmp_path):
    """With punkt in place, punkt_tab is still missing."""
    nltk.tokenize._get_punkt_tokenizer.cache_clear()
    (tmp_path / "tokenizers" / "punkt").mkdir(parents=True)
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    assert nltk.data.find("tokenizers/punkt")
    with pytest.raises(LookupError, match="punkt_tab"):
        nltk.word_tokenize("We laughed.")


def c21():
    """Torchtext cannot be imported; what it was for is in the package."""
    if not import_fails("torchtext.vocab"):
        pytest.skip("here is a PyTorch old enough for torchtext")
    assert build_vocab_from_iterator([["a", "b"], ["b"]])(["b"]) == [0]


def c22():
    """By frequency the four words have other ranks, in another order."""
    ranks = [rank(word) for word in ("This", "movie", "is", "awesome")]
    assert ranks != [9, 17, 6, 1380]
    assert rank("movie") < rank("This")
    assert rank("This") > 40
    assert rank("the") < 2


def c23():
    """Written in another way, a word is another word."""
    ranks = [rank(word) for word in ("this", "This", "THIS")]
    assert len(set(ranks)) == 3
    assert ranks == sorted(ranks)
    assert tokenize("this This THIS") == ["this"] * 3


def c24():
    """Many words share the lowest frequency; the alphabet ranks them."""
    counts = Counter(cased_counts().values())
    assert counts[1] > 0.35 * counts.total()
    vocab = build_vocab_from_iterator([["b", "c", "a", "c"]])
    assert vocab.get_itos() == ["c", "a", "b"]


def c25():
    """Frequency encoding counts; this numbers."""
    text = "dull dull fun"
    counts = CountVectorizer().fit_transform([text]).toarray()[0]
    assert counts.tolist() == [2, 1]
    vocab = build_vocab_from_iterator([["fun", "fun", "dull"]])
    assert vocab(text.split()) == [1, 1, 0]


def c26(packaged):
    """Most new reviews hold a word that no training review has."""
    split = split_reviews(packaged)
    known = set().union(*map(tokenize, split.train["text"]))
    unread = [
        not known.issuperset(tokenize(text))
        for text in split.validation["text"]
    ]
    assert sum(unread) / len(unread) > 0.5
    vocab = build_vocab_from_iterator([["fun"]])
    with pytest.raises(RuntimeError, match="not found"):
        vocab(["dull"])
    vocab = build_vocab_from_iterator([["fun"]], specials=[PAD, UNK])
    vocab.set_default_index(vocab[UNK])
    assert vocab(["dull"]) == [1]


def c27(packaged):
    """Without special tokens, 0 is the most frequent word of all."""
    vocab = some_vocab(packaged)
    assert vocab.lookup_token(0) == "the"
    the = [0 in vocab(tokenize(t)) for t in packaged["text"].iloc[::25]]
    assert sum(the) / len(the) > 0.95
    assert some_vocab(packaged, specials=[PAD, UNK]).lookup_token(0) == PAD


def c28(packaged, vocab):
    """As many ids as words; and no id tells which word came first."""
    encoded = encode_reviews(TOYS, vocab, cache=False)
    assert [len(ids) for ids in encoded] == [4, 4, 6, 6]
    forth, back = (
        build_vocab_from_iterator(map(tokenize, toys)).get_itos()
        for toys in (TOYS, TOYS[::-1])
    )
    assert forth == back
    ranks = some_vocab(packaged)(["fun", "dull", "warm", "funny"])
    assert ranks != list(range(ranks[0], ranks[0] + 4))


def c29():
    """Filling is work: nine tenths of it, or next to nothing."""
    lengths = review_lengths()
    everything = torch.arange(len(lengths))
    assert padding_share([everything]) > 0.9
    assert padding_share(torch.randperm(len(lengths)).split(64)) > 0.7
    assert padding_share(lengths.argsort().split(64)) < 0.02
    pools = LengthBatches(lengths, 64, seed=0)
    assert padding_share([torch.tensor(rows) for rows in pools]) < 0.1


def c30():
    """All at once takes ten times the memory of like with like."""
    lengths = review_lengths()
    at_once = 8 * len(lengths) * lengths.max()
    sorted_by_length = lengths.argsort().split(64)
    batched = sum(8 * len(b) * lengths[b].max() for b in sorted_by_length)
    assert at_once > 10 * batched
    assert ReviewDataset([torch.arange(9)], [1], max_length=4).lengths[0] == 4


def c31(packaged):
    """A column is refused; so are 25,000 labels for four reviews."""
    with pytest.raises(TypeError, match="not callable"):
        TensorDataset(torch.zeros(25_000, 7), packaged["label"])
    with pytest.raises(AssertionError, match="Size mismatch"):
        TensorDataset(torch.zeros(4, 7), torch.zeros(25_000))
    encoded = [torch.arange(2)] * 25_000
    assert len(ReviewDataset(encoded, packaged["label"])) == 25_000


def c32(packaged, vocab):
    """Labels of other reviews are taken without a word."""
    table = pd.DataFrame({"text": TOYS, "label": [1, 0, 1, 0]})
    encoded = encode_reviews(table["text"], vocab, cache=False)
    mixed = ReviewDataset(encoded, packaged["label"].head(4))
    assert mixed.labels.tolist() != table["label"].tolist()
    matched = ReviewDataset(encoded, table["label"])
    assert matched.labels.tolist() == table["label"].tolist()


def c33():
    """A batch of this loader is a list; the book's has names."""
    loader = DataLoader(TensorDataset(torch.zeros(4, 7), torch.ones(4)), 2)
    assert type(next(iter(loader))) is list
    loader = make_loader(ReviewDataset([torch.arange(2)] * 4, [1, 0, 1, 0]), 2)
    assert isinstance(next(iter(loader)), Batch)
