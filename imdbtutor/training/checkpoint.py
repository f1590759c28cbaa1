"""A training run on disk, to go on with after an accident."""

import hashlib
import io
import pickle
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import distributed
from torch.utils.data import DataLoader

from imdbtutor.runtime import whole_file
from imdbtutor.training.distributed import rank_and_count

UNREADABLE = (
    pickle.UnpicklingError,
    RuntimeError,
    EOFError,
    OSError,
    KeyError,
    TypeError,
    ValueError,
)
PARTS = ("model", "optimizer", "schedule")


class Checkpoint:
    """One file with all that a training run takes to go on.

    A run that is killed and goes on from here ends with the weights, bit for
    bit, that it would have had. The file is written beside its name first
    and then renamed, so there is always a whole one.

    Args:
        path: The file; with `None`, nothing is kept.
        parts: Model, optimizer and schedule, as they are before the first
            step.
        train: The training batches.
        config: How to train.

    Used in chapter 14.
    """

    def __init__(
        self,
        path: str | Path | None,
        parts: Sequence[object],
        train: DataLoader,
        config: object,
    ) -> None:
        """Take note of which run this is."""
        self.path = Path(path) if path is not None else None
        if self.path is not None:
            self.parts = dict(zip(PARTS, parts, strict=True))
            self.order = find_order(train)
            self.run = self._identify(train, config)

    def _identify(self, train: DataLoader, config: object) -> str:
        """Digest what one run starts with and another does not."""
        model = self.parts["model"]
        sizes = getattr(getattr(model, "module", model), "config", None)
        facts = (config, sizes, len(train), rank_and_count()[1])
        digest = hashlib.sha256(repr(facts).encode())
        data = vars(train.dataset).values()
        data = [found for found in data if isinstance(found, torch.Tensor)]
        weights = model.state_dict().values()
        for tensor in (*weights, *data, self.order.get_state()):
            digest.update(tensor.detach().cpu().numpy().tobytes())
        return digest.hexdigest()

    def save(self, rows: list[dict], best: dict) -> None:
        """Write the run as it is after an epoch.

        Args:
            rows: What happened in each epoch.
            best: The weights of the best epoch.
        """
        if self.path is None:
            return
        rank, count = rank_and_count()
        states = [random_states()] * count
        if count > 1:
            distributed.all_gather_object(states, states[rank])
        if rank > 0:  # the first one writes
            return
        state = {name: part.state_dict() for name, part in self.parts.items()}
        state |= {"run": self.run, "rows": rows, "best": best}
        state |= {"order": self.order.get_state(), "random": states}
        with whole_file(self.path, sync=True) as partial:
            torch.save(state, raw := io.BytesIO())
            partial.write_bytes(raw.getbuffer())  # an OSError on a full disk

    def load(self) -> tuple[list[dict], dict] | None:
        """Put the run back to where the file says it was.

        Returns:
            What `save` was given; `None` if nothing was saved yet.

        Raises:
            ValueError: If the file is damaged, or of another run.
        """
        if self.path is None or not self.path.exists():
            return None
        try:
            # Numbers only: loading runs no code.
            state = torch.load(self.path, "cpu", weights_only=True)
            run = state["run"]
        except UNREADABLE as error:
            raise ValueError(
                f"'{self.path}' is no checkpoint that can be read: {error}. "
                "Delete it to start from the first epoch."
            ) from error
        if run != self.run:
            raise ValueError(
                f"'{self.path}' is of another run: reviews, settings or seed "
                "differ. Delete it, or name another file."
            )
        for name, part in self.parts.items():
            part.load_state_dict(state[name])
        self.order.set_state(state["order"])
        set_random_states(state["random"][rank_and_count()[0]])
        return state["rows"], state["best"]


def find_order(train: DataLoader) -> torch.Generator:
    """Find what deals the reviews out in a new order each epoch.

    Args:
        train: What `make_loader` returns.

    Built in chapter 14.
    """
    for owner in (train.batch_sampler, train.dataset):
        if hasattr(owner, "generator"):
            return owner.generator
    return train.generator


def random_states() -> dict:
    """Return where the random numbers of Python, NumPy and PyTorch stand.

    Built in chapter 14.
    """
    kind, keys, *rest = np.random.get_state()
    states = {
        "python": random.getstate(),
        "numpy": (kind, keys.tolist(), *rest),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all(),
    }
    if torch.backends.mps.is_available():
        states["mps"] = torch.mps.get_rng_state()
    return states


def set_random_states(states: dict) -> None:
    """Go back to what `random_states` returned.

    Built in chapter 14.
    """
    random.setstate(states["python"])
    np.random.set_state(states["numpy"])
    torch.set_rng_state(states["torch"])
    torch.cuda.set_rng_state_all(states["cuda"])
    if "mps" in states:
        torch.mps.set_rng_state(states["mps"])
