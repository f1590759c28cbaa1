"""Movie reviews with PyTorch: the package that the chapters build.

The modules, in pipeline order; each imports only from those above it:

- `runtime`: seeds, the device, memory, where files go
- `sources`: labelled reviews from the files they are found in
- `download`: fetch and verify the official archive
- `reviews`: labelled reviews as a DataFrame, and their split
- `tokens`: text to words
- `vocab`: words to numbers and back
- `encoding`: many texts to a vocabulary and token ids
- `batches`: token ids to padded tensors
- `cell`: one LSTM step by hand
- `model`: the classifier
- `processes`: one training, shared by several processes
- `checkpoint`: a training run on disk, to go on with
- `history`: the record of how a training went
- `training`: fit a model
- `precision`: training in 16 bits
- `streams`: batches from a file larger than memory
- `evaluation`: measure a trained model
- `recipe`: the book's way from labelled reviews to a trained model
- `explanation`: which words led to a verdict
- `baselines`: what the LSTM must beat
- `vectors`: word vectors from the company each word keeps
- `phrases`: what each phrase says about a review
- `informed`: an LSTM that is told what phrases say
- `artefact`: a trained model in one folder, with all it takes to use it
- `export`: the classifier for programs that have no PyTorch
- `classifier`: text in, sentiment out
- `verdicts`: verdicts on a file of any size, piece by piece
- `results`: measurements that a command made
- `plots`: draw what the other modules return
- `terminal`: what the commands print
- `checks`: exercises that answer back

Nothing is re-exported: `from imdbtutor.vocab import Vocab` tells where to
look.
"""

__version__ = "0.1.0"
