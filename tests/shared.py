"""Tiny data written by hand, and a folder of its own for every test."""

import copy
import importlib
import itertools
import warnings

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch
from hypothesis import settings
from tiny import LABELS, TEXTS, build_dataset, build_vocab

from imdbtutor.data.batches import make_loader
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.models.lstm import POOLINGS, LSTMClassifier, ModelConfig
from imdbtutor.training.loop import TrainingConfig, fit

matplotlib.use("Agg")
# The same examples in every run, however slow a busy machine is.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

# Without a GPU, a millisecond quicker before each of thousands of tests.
SEED = (
    torch.manual_seed
    if torch.cuda.is_available()
    else torch.default_generator.manual_seed
)
KINDS = ("train/neg", "train/pos", "test/neg", "test/pos")
SETTINGS = [
    {"num_layers": layers, "bidirectional": both, "pooling": pooling}
    for layers, both, pooling in itertools.product(
        (1, 2), (False, True), POOLINGS
    )
]


@pytest.fixture(scope="session")
def caches(tmp_path_factory):
    """Yield folders that do not exist yet."""
    folder = tmp_path_factory.mktemp("caches")
    return (folder / f"{number}-cache" for number in itertools.count())


@pytest.fixture(autouse=True)
def cache(caches, monkeypatch):
    folder = next(caches)
    monkeypatch.setenv("IMDBTUTOR_CACHE", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _no_figures_left():
    yield
    plt.close("all")


@pytest.fixture(autouse=True)
def _same_random_numbers(pytestconfig):
    """With another `--seed`, a test must say the same."""
    SEED(pytestconfig.getoption("seed"))


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Tensors this small are faster on one thread."""
    torch.set_num_threads(1)


@pytest.fixture
def import_torchtext():
    """Import one of torchtext's modules, or skip where none can be loaded."""

    def module(name):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return importlib.import_module(f"torchtext.{name}")
        except (ImportError, OSError) as error:
            pytest.skip(f"torchtext cannot be imported here: {error}")

    return module


@pytest.fixture
def texts():
    return list(TEXTS)


@pytest.fixture
def labels():
    return list(LABELS)


@pytest.fixture
def vocab():
    return build_vocab()


@pytest.fixture
def dataset():
    return build_dataset()


@pytest.fixture
def small_model(vocab):
    return LSTMClassifier(
        ModelConfig(len(vocab), 8, 6, dropout=0.0, word_dropout=0.0)
    )


@pytest.fixture(
    params=SETTINGS, ids=lambda setting: "-".join(map(str, setting.values()))
)
def any_model(vocab, request):
    """An untrained model of each setting, loud enough to have opinions."""
    model = LSTMClassifier(ModelConfig(len(vocab), 5, 4, **request.param))
    model.embedding.weight.data.mul_(10)
    return model.eval()


@pytest.fixture
def any_classifier(any_model, vocab):
    return SentimentClassifier.from_parts(any_model, vocab)


@pytest.fixture(scope="session")
def trained_once():
    torch.manual_seed(0)
    model = LSTMClassifier(ModelConfig(len(build_vocab()), 8, 16))
    loader = make_loader(build_dataset(), 4)
    config = TrainingConfig(epochs=30, learning_rate=0.05, patience=30)
    fit(model, loader, loader, config, progress=False)
    return model


@pytest.fixture
def trained_model(trained_once):
    """A model that knows the eight reviews."""
    return copy.deepcopy(trained_once)


@pytest.fixture(scope="session")
def packaged():
    """The 25,000 packaged reviews; tests must not change them."""
    return load_reviews()


@pytest.fixture(scope="session")
def split(packaged):
    return split_reviews(packaged)


@pytest.fixture(scope="session")
def pretrained():
    """The classifier of the package; tests must not change it."""
    return SentimentClassifier.pretrained()


@pytest.fixture
def write(tmp_path):
    """Write bytes or text, as they are, and return the path."""

    def write_file(name, content):
        raw = content if isinstance(content, bytes) else content.encode()
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        return path

    return write_file


@pytest.fixture
def stanford(tmp_path, write):
    """Twelve reviews of each kind; each film has two of each class."""
    for kind in KINDS:
        part, side = kind.split("/")
        for number in reversed(range(12)):
            write(f"aclImdb/{kind}/{number}_8.txt", f"{kind} {number}")
        start = "tt1" if part == "train" else "tt2"
        urls = [f"http://x/title/{start}{n // 2}/" for n in range(12)]
        write(f"aclImdb/{part}/urls_{side}.txt", "\n".join(urls) + "\n")
    return tmp_path / "aclImdb"
