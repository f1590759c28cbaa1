"""Models with a mistake in them, as a learner would write them."""

from torch import Tensor, nn

from imdbtutor.models.lstm import LSTMClassifier, ModelConfig


class SoftmaxLSTM(LSTMClassifier):
    """Returns probabilities to a loss that takes logits."""

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch; each row sums to 1."""
        logits = super().forward(token_ids, lengths)
        return logits.softmax(dim=1)


class SigmoidLSTM(LSTMClassifier):
    """Squeezes each logit between 0 and 1 before the loss."""

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch; each number on its own."""
        logits = super().forward(token_ids, lengths)
        return logits.sigmoid()


class LastColumnLSTM(LSTMClassifier):
    """Reads the state in the last column, whatever stands there."""

    def classify(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Score reviews given as word vectors, (batch, time, embedding)."""
        values = self.dropout(self.word_dropout(values))
        states = self.layers[0](values, lengths)
        return self.linear(self.dropout(states[:, -1]))


class ColumnsLSTM(LSTMClassifier):
    """Its LSTMs take the first axis, the reviews, for time."""

    def __init__(self, config: ModelConfig) -> None:
        """Create the layers; something is missing."""
        super().__init__(config)
        width, hidden_dim = config.embedding_dim, config.hidden_dim
        self.layers[0].forward_lstm = nn.LSTM(width, hidden_dim)
        self.layers[0].backward_lstm = nn.LSTM(width, hidden_dim)
