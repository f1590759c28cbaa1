"""The network: S14 to S22, C34 to C52."""

import inspect

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence

from imdbtutor.models.cell import LSTMCell
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from ledger_cases import run_cell
from ledger_cases.data import as_written, cased_counts

IDS = torch.tensor([[3, 7, 4, 2, 9, 5, 6]] * 4)  # (batch, time)


class Careless(nn.Module):
    """Reads without `batch_first`, without lengths, and ends in sigmoid."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20, 8)
        self.reader = nn.LSTM(8, 6)
        self.head = nn.Linear(6, 2)

    def forward(self, token_ids):
        _, (last_h, _) = self.reader(self.table(token_ids))
        return self.head(last_h[-1]).sigmoid()


def careful():
    return LSTMClassifier(ModelConfig(20, 8, 6)).eval()


def after_padding(lstm, review, padding):
    """Read made-up vectors and then zeros; return the last state."""
    padded = F.pad(review, (0, 0, 0, padding))
    return lstm(padded[None])[1][0][-1, 0]


def parameters_of(function):
    return set(inspect.signature(function).parameters)


def s14():
    """A score a word instead of a score a review, or a mixture of them."""
    model = Careless()
    assert model(IDS).shape == (7, 2)
    square = IDS[:, :4].clone()
    before = model(square)
    square[0, 3] = 11
    changed = (model(square) != before).any(dim=1)
    assert changed.tolist() == [False, False, False, True]
    assert careful()(IDS, torch.full((4,), 7)).shape == (4, 2)


def s15():
    """It works; its row 0 is a word's, and there is no row 10,000."""
    embedding = nn.Embedding(10_000, 4)
    assert embedding.padding_idx is None
    assert embedding.weight[0].abs().sum() > 0
    with pytest.raises(IndexError, match="out of range"):
        embedding(torch.tensor([10_000]))
    assert nn.Embedding(10, 4, padding_idx=0).weight[0].abs().sum() == 0


def s16():
    """The numbers start with a standard deviation of 1."""
    weight = nn.Embedding(1_000, 100).weight
    assert 0.98 < weight.std() < 1.02
    assert (weight.abs() < 0.002).float().mean() < 0.01
    assert weight.abs().amax(dim=1).min() > 1


def s17():
    """Eight different vectors, each a row of the table, printed in full."""
    embedding = nn.Embedding(10, 100)
    ids = torch.tensor([[1, 2, 3, 4], [5, 6, 7, 8]])
    vectors = embedding(ids)
    assert len(vectors.reshape(8, 100).unique(dim=0)) == 8
    assert torch.equal(vectors[0, 0], embedding.weight[1])
    assert not torch.equal(vectors[0, 0], embedding.weight[0])
    assert vectors.numel() == 800
    assert "..." not in repr(vectors)
    with pytest.raises(TypeError, match="not callable"):
        run_cell("input = ids; input('Your name?')", ids=ids)


def s18():
    """Two layers, which read with time first."""
    lstm = nn.LSTM(100, 50, 2)
    assert lstm.num_layers == 2
    assert not lstm.batch_first


def s19():
    """200 rows are four blocks of 50."""
    lstm = nn.LSTM(100, 50, 2)
    assert lstm.weight_ih_l0.shape == (200, 100)
    assert lstm.bias_ih_l0.shape == (200,)
    assert [len(block) for block in lstm.weight_ih_l0.chunk(4)] == [50] * 4


def s20():
    """With time first, the last state stands at the end of dimension 0."""
    lstm = nn.LSTM(100, 50, 2)
    output, (hidden, cell) = lstm(torch.randn(4, 2, 100))
    assert output.shape == (4, 2, 50)
    assert hidden.shape == cell.shape == (2, 2, 50)
    assert torch.equal(output[-1], hidden[-1])


def s21():
    """A line of a class cannot stand alone."""
    with pytest.raises(NameError, match="'hidden_size'"):
        run_cell("self.last = torch.nn.Linear(hidden_size, 2)", torch=torch)
    with pytest.raises(NameError, match="'self'"):
        run_cell("self.last = torch.nn.Linear(50, 2)", torch=torch)
    assert careful().linear.out_features == 2


def s22():
    """Run twice, it cuts once too often; time first, it keeps a review."""
    states = torch.randn(4, 2, 50)
    names = {"states": states}
    cut = "states = states[:, -1, :]"
    with pytest.raises(NameError, match="'self'"):
        run_cell(f"{cut}\nself.last(states)", **names)
    with pytest.raises(IndexError, match="too many indices"):
        run_cell(f"{cut}\n{cut}", **names)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        nn.Linear(256, 2)(states[:, -1, :])
    second_review = run_cell(cut, **names)["states"]
    assert torch.equal(second_review, states[:, 1])
    assert not torch.equal(second_review[-2:], states[-1])


def c34():
    """Seven scores for four reviews; with time and batch told apart, four."""
    assert Careless()(IDS).shape == (7, 2)
    labels = torch.tensor([1, 0, 1, 0])
    with pytest.raises(ValueError, match="to match target batch_size"):
        F.cross_entropy(Careless()(IDS), labels)
    logits = careful()(IDS, torch.full((4,), 7))
    assert F.cross_entropy(logits, labels) > 0


def c35():
    """After 200 places of padding, two reviews have one state."""
    lstm = nn.LSTM(8, 6, batch_first=True)
    one, other = torch.randn(3, 8), torch.randn(5, 8)
    fresh = after_padding(lstm, one, 0) - after_padding(lstm, other, 0)
    assert fresh.abs().max() > 0.01
    washed = after_padding(lstm, one, 200) - after_padding(lstm, other, 200)
    assert washed.abs().max() < 1e-5
    padded = F.pad(one, (0, 0, 0, 200))[None]
    packed = pack_padded_sequence(padded, torch.tensor([3]), batch_first=True)
    last = lstm(packed)[1][0][-1, 0]
    torch.testing.assert_close(last, after_padding(lstm, one, 0))
    model, short = careful(), IDS[:1, :3]
    wide = F.pad(short, (0, 200))
    torch.testing.assert_close(
        model(short, torch.tensor([3])), model(wide, torch.tensor([3]))
    )


def c36():
    """Two sigmoids are two answers; softmax is one."""
    logits = torch.tensor([[1.0, 2.0]])
    assert logits.sigmoid().sum() > 1.5
    assert abs(logits.softmax(dim=1).sum() - 1) < 1e-6


def c37():
    """A longer review needs no more weights: each step uses the same."""
    lstm, cell = nn.LSTM(8, 6, batch_first=True), LSTMCell(8, 6)
    cell.load_state_dict(
        {name.removesuffix("_l0"): p for name, p in lstm.named_parameters()}
    )
    review = torch.randn(1, 40, 8)
    state = torch.zeros(1, 6), torch.zeros(1, 6)
    for t in range(40):
        state = cell(review[:, t], state)
    torch.testing.assert_close(state[0], lstm(review)[1][0][0])


def c38():
    """`padding_idx` is a third argument, and needed."""
    assert {"padding_idx", "max_norm", "sparse"} <= parameters_of(nn.Embedding)
    plain, padded = nn.Embedding(5, 4), nn.Embedding(5, 4, padding_idx=0)
    for embedding in (plain, padded):
        embedding(torch.tensor([[1, 0, 0]])).sum().backward()
    assert plain.weight.grad[0].abs().sum() > 0
    assert padded.weight.grad[0].abs().sum() == 0


def c39(packaged):
    """A fourth of the reviews hold 40,000 words, the table 10,000 rows."""
    counts = cased_counts()
    assert len(counts) > 40_000
    common = {word for word, _ in counts.most_common(10_000)}
    texts = packaged["text"].iloc[::25]
    rare = [not common.issuperset(as_written(text)) for text in texts]
    assert sum(rare) / len(rare) > 0.9
    with pytest.raises(IndexError, match="out of range"):
        nn.Embedding(10_000, 1)(torch.tensor([40_000]))


def c40():
    """A thousand times larger than told: the standard deviation is 1."""
    weight = nn.Embedding(1_000, 100).weight
    assert abs(weight.mean()) < 0.02
    assert weight.std() > 500 * 0.001


def c41():
    """Different ids, different vectors; one id, one vector."""
    embedding = nn.Embedding(10, 100)
    one, other, again = embedding(torch.tensor([1, 2, 1]))
    assert not torch.equal(one, other)
    assert torch.equal(one, again)


def c42():
    """Row 0 belongs to padding, and training must not move it."""
    embedding = nn.Embedding(5, 4, padding_idx=0)
    optimizer = torch.optim.Adam(embedding.parameters(), lr=0.1)
    embedding(torch.tensor([[1, 0, 0]])).sum().backward()
    optimizer.step()
    assert embedding.weight[0].tolist() == [0] * 4


def c43():
    """Opening the input gate is done in the first 50 rows of the 200."""
    lstm = nn.LSTM(100, 50)
    i, _, g, o = lstm.weight_ih_l0.chunk(4)
    assert i.shape == (50, 100)
    x = torch.randn(1, 100)
    bias = (lstm.bias_ih_l0 + lstm.bias_hh_l0).chunk(4)
    memory = (x @ i.T + bias[0]).sigmoid() * (x @ g.T + bias[2]).tanh()
    shown = (x @ o.T + bias[3]).sigmoid() * memory.tanh()
    torch.testing.assert_close(shown, lstm(x[None])[0][0])


def c44():
    """The names end in the number of the layer."""
    lstm = nn.LSTM(8, 6, 2)
    with pytest.raises(AttributeError, match="weight_ih_l"):
        _ = lstm.weight_ih_l
    assert lstm.weight_ih_l0.shape == (24, 8)
    assert lstm.weight_ih_l1.shape == (24, 6)


def c45():
    """Two things come back, and the second is a pair."""
    output, last = nn.LSTM(8, 6)(torch.randn(4, 2, 8))
    assert isinstance(output, torch.Tensor)
    assert isinstance(last, tuple)
    assert [len(state) for state in last] == [1, 1]
    with pytest.raises(AttributeError, match="'tuple'"):
        _ = last.shape


def c46():
    """There are more arguments, and `batch_first` changes the meaning."""
    reviews = torch.randn(4, 7, 8)
    assert nn.LSTM(8, 6)(reviews)[1][0].shape == (1, 7, 6)
    assert nn.LSTM(8, 6, batch_first=True)(reviews)[1][0].shape == (1, 4, 6)
    both = nn.LSTM(8, 6, 2, batch_first=True, dropout=0.5, bidirectional=True)
    assert both(reviews)[0].shape == (4, 7, 12)


def c47():
    """What `pad_sequence` makes is read sideways, and no error says so."""
    reviews = [torch.randn(7, 8), torch.randn(3, 8)]
    rows = nn.utils.rnn.pad_sequence(reviews, batch_first=True)
    columns = nn.utils.rnn.pad_sequence(reviews)
    lstm = nn.LSTM(8, 6)
    assert lstm(rows)[1][0].shape[1] == 7
    assert lstm(columns)[1][0].shape[1] == 2
    lstm.batch_first = True
    assert lstm(rows)[1][0].shape[1] == 2


def c48():
    """A layer for 256 numbers does not take 50."""
    with pytest.raises(RuntimeError, match="4x50 and 256x2"):
        nn.Linear(256, 2)(torch.randn(4, 50))
    config = ModelConfig(20, hidden_dim=50, bidirectional=False)
    assert LSTMClassifier(config).linear.in_features == 50


def c49():
    """It is the last review; and with batch first, the padding."""
    states = torch.randn(4, 2, 6)  # (time, batch, hidden)
    assert torch.equal(states[:, -1, :], states[:, 1])
    lstm = nn.LSTM(8, 6, batch_first=True)
    review = torch.randn(1, 3, 8)
    padded = lstm(F.pad(review, (0, 0, 0, 5)))[0]
    last_word = lstm(review)[0][0, -1]
    assert (padded[0, -1] - last_word).abs().max() > 0.01
    torch.testing.assert_close(padded[0, 2], last_word)


def c50():
    """Sure and right, the loss stays at 0.3133; sure and wrong, no slope."""
    sure, right = torch.tensor([[-30.0, 30.0]]), torch.tensor([1])
    doubled = F.cross_entropy(sure.softmax(dim=1), right)
    assert abs(doubled - 0.3133) < 1e-4
    assert F.cross_entropy(sure, right) < 1e-4
    wrong = torch.tensor([[4.0, -4.0]], requires_grad=True)
    (slope,) = torch.autograd.grad(F.cross_entropy(wrong, right), wrong)
    assert slope.abs().max() > 0.999
    spoilt = F.cross_entropy(wrong.softmax(dim=1), right)
    (slope,) = torch.autograd.grad(spoilt, wrong)
    assert slope.abs().max() < 0.001


def c51():
    """Trained on label 0 for blame, column 0 speaks for blame."""
    layer = nn.Linear(1, 2)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.1)
    blame = torch.ones(1, 1)
    for _ in range(50):
        optimizer.zero_grad()
        F.cross_entropy(layer(blame), torch.tensor([0])).backward()
        optimizer.step()
    chances = layer(blame).softmax(dim=1)[0]
    assert chances[0] > 0.8
    assert chances.argmax() == 0


def c52():
    """Logits are below 0 and above 1; softmax makes chances of them."""
    logits = nn.Linear(6, 2)(10 * torch.randn(50, 6))
    assert logits.min() < 0
    assert logits.max() > 1
    chances = logits.softmax(dim=1)
    torch.testing.assert_close(chances.sum(dim=1), torch.ones(50))
