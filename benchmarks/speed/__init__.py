"""How fast: text, batches, training, answers, the book itself."""
