"""Movie reviews with PyTorch: the package that the chapters build.

The modules, in pipeline order; each imports only from those above it:

- `runtime`: seeds, the device, memory, where files go
- `sources`: labelled reviews from the files they are found in
- `reviews`: labelled reviews as a DataFrame, and their split
- `tokens`: text to words
- `vocab`: words to numbers and back
- `encoding`: many texts to a vocabulary and token ids
- `batches`: token ids to padded tensors
- `cell`: one LSTM step by hand
- `model`: the classifier
- `training`: fit, and the record of a training run
- `evaluation`: measure a trained model
- `baselines`: what the LSTM must beat
- `vectors`: word vectors from the company each word keeps
- `phrases`: what each phrase says about a review
- `informed`: an LSTM that is told what phrases say
- `classifier`: text in, sentiment out
- `results`: measurements that a command made
- `plots`: draw what the other modules return
- `checks`: exercises that answer back

Nothing is re-exported: `from imdbtutor.vocab import Vocab` tells where to
look.
"""

__version__ = "0.1.0"
