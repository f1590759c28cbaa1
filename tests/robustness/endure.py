"""A training run in a process of its own, for tests that kill it.

`python endure.py CHECKPOINT WEIGHTS` says "begins", trains, goes on where it
was stopped, and writes the final weights.
"""

import sys
from pathlib import Path

import torch

from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import seed_everything
from imdbtutor.training.loop import TrainingConfig, fit

CONFIG = TrainingConfig(epochs=24, patience=24)


def make_run(seed=0, reviews=256, by_length=True, dropout=0.5):
    """Random reviews, and a model with dropout to learn them by heart."""
    seed_everything(seed)
    lengths = torch.randint(1, 20, (reviews,)).tolist()
    encoded = [torch.randint(1, 50, (length,)) for length in lengths]
    data = ReviewDataset(encoded, torch.randint(0, 2, (reviews,)).tolist())
    model = LSTMClassifier(
        ModelConfig(50, 16, 16, dropout=dropout, word_dropout=dropout / 2)
    )
    return model, make_loader(data, 32, seed=seed, by_length=by_length)


def train(checkpoint, **changes):
    model, loader = make_run(**changes)
    history = fit(
        model, loader, loader, CONFIG, checkpoint=checkpoint, progress=False
    )
    return model.state_dict(), history


def main():
    torch.set_num_threads(1)
    print("begins", flush=True)
    weights, _ = train(Path(sys.argv[1]))
    torch.save(weights, sys.argv[2])


if __name__ == "__main__":
    main()
