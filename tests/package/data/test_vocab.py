import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdbtutor.data.vocab import PAD, UNK, Vocab, build_vocab_from_iterator

# b and d three times, c twice, a and <unk> once; d is seen before b.
CORPUS = [["d", "d", "c", "b"], ["b", "d", "c", "b"], ["<unk>", "a"]]
TOKENS = st.lists(st.text(st.characters()), unique=True)


@pytest.fixture
def abc():
    return Vocab(["a", "b", "c"])


def test_frequent_words_come_first_and_ties_go_by_alphabet():
    vocab = build_vocab_from_iterator(CORPUS)
    assert vocab.get_itos() == ["b", "d", "c", "<unk>", "a"]


def test_the_texts_may_come_from_a_generator():
    vocab = build_vocab_from_iterator(tokens for tokens in CORPUS)
    assert vocab.get_itos() == ["b", "d", "c", "<unk>", "a"]


@pytest.mark.parametrize(
    ("min_freq", "expected"),
    [(0, "bdca"), (1, "bdca"), (2, "bdc"), (3, "bd"), (4, "")],
)
def test_rare_words_are_left_out(min_freq, expected):
    corpus = [list("ddcb"), list("bdcb"), ["a"]]
    vocab = build_vocab_from_iterator(corpus, min_freq=min_freq)
    assert vocab.get_itos() == list(expected)


def test_specials_come_first_in_the_order_given():
    vocab = build_vocab_from_iterator([["a"]], specials=[PAD, UNK])
    assert vocab.get_itos() == [PAD, UNK, "a"]


def test_specials_may_come_last():
    vocab = build_vocab_from_iterator(
        [["a"]], specials=[PAD, UNK], special_first=False
    )
    assert vocab.get_itos() == ["a", PAD, UNK]


def test_specials_are_kept_however_rare():
    vocab = build_vocab_from_iterator(CORPUS, 3, specials=[PAD, UNK])
    assert vocab.get_itos() == [PAD, UNK, "b", "d"]


def test_specials_count_towards_max_tokens():
    vocab = build_vocab_from_iterator(CORPUS, specials=[PAD], max_tokens=3)
    assert vocab.get_itos() == [PAD, "b", "d"]


def test_a_special_in_the_text_takes_a_place_before_the_cut():
    """As in torchtext: the cut comes first, then specials are dropped."""
    corpus = [["<unk>", "<unk>", "a", "a", "b"]]
    vocab = build_vocab_from_iterator(corpus, specials=[UNK], max_tokens=3)
    assert vocab.get_itos() == [UNK, "a"]


@pytest.mark.parametrize("max_tokens", [0, 1, 2])
def test_specials_must_leave_room_for_words(max_tokens):
    with pytest.raises(AssertionError, match="2 specials leave no room"):
        build_vocab_from_iterator(
            CORPUS, specials=[PAD, UNK], max_tokens=max_tokens
        )


def test_no_default_index_is_set_when_built():
    vocab = build_vocab_from_iterator(CORPUS, specials=[UNK])
    assert vocab.get_default_index() is None


def test_the_callers_specials_are_left_as_they_were():
    specials = [PAD, UNK]
    build_vocab_from_iterator(CORPUS, specials=specials)
    assert specials == [PAD, UNK]


@given(st.lists(st.lists(st.sampled_from("abcde"))))
def test_every_word_of_the_texts_gets_an_id(corpus):
    vocab = build_vocab_from_iterator(corpus)
    assert set(vocab.get_itos()) == {word for text in corpus for word in text}


@given(TOKENS)
def test_ids_lead_back_to_the_words(tokens):
    vocab = Vocab(tokens)
    assert vocab.lookup_tokens(vocab(tokens)) == tokens


def test_a_duplicate_is_refused():
    with pytest.raises(RuntimeError, match="Token a already exists"):
        Vocab(["a", "b", "a"])


def test_length_counts_the_tokens(abc):
    assert len(abc) == 3


def test_in_is_true_only_of_tokens_with_an_id(abc):
    abc.set_default_index(0)
    assert "a" in abc
    assert "dodo" not in abc


def test_all_ways_to_look_up_agree(abc):
    one_by_one = [abc["c"], abc["a"]]
    assert abc(["c", "a"]) == abc.lookup_indices(["c", "a"]) == one_by_one


@pytest.mark.parametrize("look_up", [Vocab.__getitem__, Vocab.__call__])
def test_an_unknown_token_is_an_error_without_a_default(abc, look_up):
    unknown = "dodo" if look_up is Vocab.__getitem__ else ["a", "dodo"]
    with pytest.raises(RuntimeError, match="Token dodo not found"):
        look_up(abc, unknown)


@pytest.mark.parametrize("tokens", ["abc", ("a", "b"), None])
def test_only_a_list_of_tokens_is_looked_up(abc, tokens):
    """A string would be read letter by letter, and nobody would notice."""
    with pytest.raises(TypeError, match="expected a list of tokens"):
        abc(tokens)


@pytest.mark.parametrize("default", [None, 0])
@pytest.mark.parametrize("token", [5, None, b"a", float("nan"), ["a"]])
def test_what_is_no_token_has_no_id(abc, default, token):
    abc.set_default_index(default)
    with pytest.raises(TypeError):
        abc(["a", token, "b"])


@pytest.mark.parametrize("default", [0, 2, -1])
def test_an_unknown_token_gets_the_default_index(abc, default):
    abc.set_default_index(default)
    assert abc(["dodo", "b"]) == [default, 1]
    assert abc["dodo"] == default


def test_the_default_index_can_be_taken_back(abc):
    abc.set_default_index(0)
    abc.set_default_index(None)
    with pytest.raises(RuntimeError, match="default index is not set"):
        abc["dodo"]


@pytest.mark.parametrize("index", [-1, 3, 99])
def test_an_id_out_of_bounds_is_an_error(abc, index):
    with pytest.raises(RuntimeError, match=f"{index} is out of bounds"):
        abc.lookup_token(index)


def test_one_id_out_of_bounds_spoils_the_list(abc):
    with pytest.raises(RuntimeError, match="3 is out of bounds"):
        abc.lookup_tokens([0, 3])


@pytest.mark.parametrize("index", [0, 1, 2, 3])
def test_an_inserted_token_moves_the_later_ones_up(abc, index):
    abc.insert_token("new", index)
    expected = ["a", "b", "c"]
    expected.insert(index, "new")
    assert abc.lookup_tokens([0, 1, 2, 3]) == expected
    assert abc(expected) == [0, 1, 2, 3]


@pytest.mark.parametrize("index", [-1, 4])
def test_inserting_must_not_leave_a_gap(abc, index):
    with pytest.raises(RuntimeError, match="out of bounds for insertion"):
        abc.insert_token("new", index)


def test_inserting_a_token_twice_is_refused(abc):
    with pytest.raises(RuntimeError, match="already exists"):
        abc.insert_token("b", 0)


def test_an_appended_token_gets_the_next_id(abc):
    abc.append_token("d")
    assert abc["d"] == 3


def test_changing_the_list_of_tokens_leaves_the_table_alone(abc):
    abc.get_itos().append("new")
    assert abc.get_itos() == ["a", "b", "c"]


def test_changing_the_table_of_ids_leaves_the_vocabulary_alone(abc):
    abc.get_stoi()["new"] = 3
    assert abc.get_stoi() == {"a": 0, "b": 1, "c": 2}


def test_the_state_is_all_there_is(abc):
    abc.set_default_index(1)
    copy = Vocab(**abc.state())
    assert copy.get_itos() == ["a", "b", "c"]
    assert copy.get_default_index() == 1


@given(TOKENS, st.none() | st.integers(-1, 9))
def test_what_is_saved_comes_back(tmp_path_factory, tokens, default):
    path = tmp_path_factory.getbasetemp() / "vocab.json"
    vocab = Vocab(tokens, default)
    vocab.save(path)
    loaded = Vocab.load(path)
    assert loaded.get_itos() == tokens
    assert loaded.get_default_index() == default


def test_words_are_saved_readably(tmp_path):
    Vocab(["café", "映画"]).save(tmp_path / "vocab.json")
    saved = (tmp_path / "vocab.json").read_text("utf-8")
    assert "café" in saved
    assert "映画" in saved
