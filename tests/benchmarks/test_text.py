"""Other people's tokenizers, as they are measured beside ours."""

from collections import Counter

import nltk

from benchmarks.speed.text import original, rust, sentence_splitter


def test_the_originals_tokenizer_runs_with_what_was_learned_here(packaged):
    texts = packaged["text"][:40]
    with sentence_splitter(texts.tolist()):
        assert nltk.word_tokenize("A film. It ended.")[2] == "."
        ids = original(texts, 20)
    assert [len(row) > 0 for row in ids] == [True] * 40
    counts = Counter(number for row in ids[:20] for number in row)
    assert counts[2] == max(counts.values())  # the commonest token is first


def test_the_rust_tokenizer_reads_the_same_one_by_one(packaged):
    texts = packaged["text"][:40].tolist()
    assert rust(texts, 20, single=True) == rust(texts, 20, single=False)
