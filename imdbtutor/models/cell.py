"""The LSTM cell by hand."""

import torch
from torch import Tensor, nn


class LSTMCell(nn.Module):
    r"""Read one token and update the state, gate by gate.

    With the token's vector x, the last hidden state h and memory c:

        i = sigmoid(W_i x + U_i h + b_i)    what to write
        f = sigmoid(W_f x + U_f h + b_f)    what to keep
        g = tanh   (W_g x + U_g h + b_g)    the candidate to write
        o = sigmoid(W_o x + U_o h + b_o)    what to show
        c' = f * c + i * g
        h' = o * tanh(c')

    The four W stand stacked in `weight_ih`, in the order i, f, g, o, the
    four U in `weight_hh`: the layout of `nn.LSTMCell`, whose weights load
    here and whose outputs are equal. Source of the equations: Hochreiter
    and Schmidhuber (1997), with the forget gate of Gers et al. (2000).

    Args:
        embedding_dim: Size of x.
        hidden_dim: Size of h and of c.

    Built in chapter 7.
    """

    def __init__(self, embedding_dim: int, hidden_dim: int) -> None:
        """Draw all weights uniformly within 1 / sqrt(hidden_dim)."""
        super().__init__()
        rows = 4 * hidden_dim
        self.weight_ih = nn.Parameter(torch.empty(rows, embedding_dim))
        self.weight_hh = nn.Parameter(torch.empty(rows, hidden_dim))
        self.bias_ih = nn.Parameter(torch.empty(rows))
        self.bias_hh = nn.Parameter(torch.empty(rows))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(hidden_dim**-0.5), hidden_dim**-0.5)

    def forward(
        self, x: Tensor, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Read one token of each review.

        Args:
            x: The tokens' vectors, shape (batch, embedding).
            state: The last h and c, each of shape (batch, hidden).

        Returns:
            The new h and c, each of shape (batch, hidden).
        """
        h, c = state
        gates = x @ self.weight_ih.T + self.bias_ih  # (batch, 4 * hidden)
        gates = gates + h @ self.weight_hh.T + self.bias_hh
        i, f, g, o = gates.chunk(4, dim=1)  # each (batch, hidden)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, c
