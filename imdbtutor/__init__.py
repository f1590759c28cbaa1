"""Movie reviews with PyTorch: the package that the chapters build.

A folder a stage, in the order in which a review passes through them, and in
each its modules in the order in which they build on each other:

- `data`: readers, formats, tables, sides, labelled, arguments, packaged,
  stanford, fetching, download, reviews, tokens, vocab, encoding, batches,
  streams, minilm, word_vectors, word_pieces
- `models`: cell, lstm, baselines, vectors, ngrams, informed, borrowed,
  attention, encoder, fine_tuned
- `training`: history, step, mixed_precision, distributed, identity,
  checkpoint, loop, balance, recipe, warm_up, soft_labels
- `evaluation`: report, classes, results, plots, ladder
- `inference`: explanation, tracing, parts, saved_model, onnx_export, saving,
  classifier, predict_file, terminal, options, measuring, learning, batcher,
  messages, service, server
- `pictures`: picture, shapes, legend, grids, graph, descent, linear, splits,
  pieces, rectangles, lstm_cell, washing_out, network, reading, word_map,
  curves, threshold, comparison, ingredients, informed, sharing, analogy,
  heads, fine_tuning

A module imports from folders above its own, from modules before it and from
`runtime`. `checks` holds the exercises' answers, `pretrained`
and `chapter_8` trained models; `python -m imdbtutor` is the command.

Nothing is re-exported: `from imdbtutor.data.vocab import Vocab` tells where
to look.
"""

__version__ = "0.1.0"
