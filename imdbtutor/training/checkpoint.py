"""A training run on disk, to go on with after an accident."""

import copy
import io
import pickle
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import shorten

import numpy as np
import torch
from torch import distributed, nn

from imdbtutor.data.batches import Batch
from imdbtutor.runtime import whole_file
from imdbtutor.training.distributed import first_says, rank_and_count
from imdbtutor.training.identity import fingerprint
from imdbtutor.training.step import Step, scaler_of, take_step, unwrap

UNREADABLE = (
    pickle.UnpicklingError,
    AttributeError,
    LookupError,
    RuntimeError,
    EOFError,
    OSError,
    TypeError,
    ValueError,
)
PARTS = ("model", "optimizer", "schedule", "scaler")


class Checkpoint:
    """One file with all that a training run takes to go on.

    A run that is killed and goes on from here ends with the weights, bit for
    bit, that it would have had. The file is written beside its name first
    and then renamed, so there is always a whole one. Of several processes,
    the first one reads and writes it.

    Args:
        path: The file; with `None`, nothing is kept.
        parts: Model, optimizer and schedule, as they are before the first
            step.
        loaders: The batches to train on, and those to validate on.
        config: How to train.
        step: What is done with a batch; its scaler, if it has one, changes
            from step to step as the parts do.

    Used in chapter 14.
    """

    def __init__(
        self,
        path: str | Path | None,
        parts: Sequence[object],
        loaders: Sequence[Iterable[Batch]],
        config: object,
        *,
        step: Step = take_step,
    ) -> None:
        """Take note of which run this is."""
        self.path = Path(path) if path is not None else None
        if self.path is None:
            return
        self.model, *others = parts  # perhaps compiled, or shared
        parts = unwrap(self.model), *others
        self.parts = dict(zip(PARTS, (*parts, scaler_of(step)), strict=True))
        found = map(find_order, loaders)
        self.orders = [order for order in found if order is not None]
        starts = [(type(part), part.state_dict()) for part in parts]
        sizes = str(parts[0]), getattr(parts[0], "config", None)
        what = starts, sizes, loaders, config, step
        self.run = fingerprint(what, rank_and_count()[1])

    def save(self, rows: list[dict], best: dict) -> None:
        """Write the run as it is after an epoch.

        Args:
            rows: What happened in each epoch.
            best: The weights of the best epoch.
        """
        if self.path is None:
            return
        rank, count = rank_and_count()
        state = self._state()
        states = [state["random"]] * count
        if count > 1:
            distributed.all_gather_object(states, state["random"])
        if rank > 0:  # the first one writes
            return
        state |= {"random": states, "run": self.run}
        state |= {"rows": rows, "best": rename(best, self.parts["model"])}
        with whole_file(self.path, sync=True) as partial:
            torch.save(state, raw := io.BytesIO())
            # On a full disk an OSError. A copy, as Python 3.12.1 crashes over
            # a view that the error holds on to.
            partial.write_bytes(raw.getvalue())

    def load(self) -> tuple[list[dict], dict] | None:
        """Put the run back to where the file says it was, or change nothing.

        Returns:
            What `save` was given; `None` if nothing was saved yet.

        Raises:
            ValueError: If the file is damaged, or of another run.
        """
        if self.path is None:
            return None
        found = None
        if rank_and_count()[0] == 0:
            try:
                found = self._read()
            except ValueError as error:
                found = error
        found = first_says(found)
        if isinstance(found, ValueError):
            raise found
        if found is None:
            return None
        return self._replace(found)

    def _read(self) -> dict | None:
        if not self.path.exists():
            return None
        try:
            # Numbers only: loading runs no code.
            state = torch.load(self.path, "cpu", weights_only=True)
            run = state["run"]
        except UNREADABLE as error:
            raise self._damaged(error) from error
        if run != self.run:
            raise ValueError(
                f"'{self.path}' is of another run: reviews, settings, step "
                "or seed differ. Delete it, or name another file or folder."
            )
        return state

    def _damaged(self, error: Exception) -> ValueError:
        return ValueError(
            f"'{self.path}' is no checkpoint that can be read: "
            f"{shorten(repr(error), 200)}. Delete it to start from the first "
            "epoch."
        )

    def _state(self) -> dict:
        """Return all that changes from step to step."""
        state = {name: part.state_dict() for name, part in self.parts.items()}
        state["orders"] = [order.get_state() for order in self.orders]
        return state | {"random": random_states()}

    def _replace(self, state: dict) -> tuple[list[dict], dict]:
        """Go to a state, or stay where it was if that cannot be done."""
        before = copy.deepcopy(self._state())
        try:
            self.parts["model"].load_state_dict(state["best"])
            rank, _ = rank_and_count()
            self._set(state | {"random": state["random"][rank]})
            return state["rows"], rename(state["best"], self.model)
        except UNREADABLE as error:
            self._set(before)
            raise self._damaged(error) from error

    def _set(self, state: dict) -> None:
        for name, part in self.parts.items():
            if state[name].keys() != part.state_dict().keys():
                raise KeyError(f"something is missing in '{name}'")
            part.load_state_dict(state[name])
        for order, place in zip(self.orders, state["orders"], strict=True):
            order.set_state(place)
        set_random_states(state["random"])


def rename(weights: dict, model: nn.Module) -> dict:
    """Give a model's weights the names they have in what is around it.

    Args:
        weights: In the order of the model.
        model: The same, with or without a wrapper.

    Used in chapter 14.
    """
    return dict(zip(model.state_dict(), weights.values(), strict=True))


def find_order(batches: Iterable[Batch]) -> torch.Generator | None:
    """Find what deals the reviews out in a new order each epoch.

    Args:
        batches: What `make_loader` returns, or any other loader.

    Returns:
        Its generator of random numbers; `None` if it has none of its own.

    Built in chapter 14.
    """
    for name in ("batch_sampler", "sampler", "dataset"):
        owner = getattr(batches, name, None)
        if getattr(owner, "generator", None) is not None:
            return owner.generator
    return getattr(batches, "generator", None)


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

    The states of GPUs that this machine has not are left out.

    Built in chapter 14.
    """
    random.setstate(states["python"])
    np.random.set_state(states["numpy"])
    torch.set_rng_state(states["torch"])
    here = torch.cuda.device_count()  # perhaps fewer than where it was
    torch.cuda.set_rng_state_all(states["cuda"][:here])
    if "mps" in states and torch.backends.mps.is_available():
        torch.mps.set_rng_state(states["mps"])
