def without(words, place):
    return " ".join(words[:place] + words[place + 1 :])


def sign_turned(text, score):
    words = text.split()
    (full,) = score([text])
    parts = score([without(words, i) for i in range(len(words))])
    return [(w, part - full) for w, part in zip(words, parts, strict=True)]


def all_copies_at_once(text, score):
    words = text.split()
    (full,) = score([text])
    left = [" ".join(w for w in words if w != word) for word in words]
    return [(w, full - s) for w, s in zip(words, score(left), strict=True)]


def each_alone(text, score):
    words = text.split()
    return list(zip(words, score(words), strict=True))


def one_text_for_a_list(text, score):
    return [(word, score(text)) for word in text.split()]


def by_itself(text, score):
    (nothing,) = score([""])
    return [(word, s - nothing) for word, s in each_alone(text, score)]


def growing(text, score):
    words = text.split()
    scores = score([" ".join(words[:i]) for i in range(len(words) + 1)])
    return [(word, scores[i + 1] - scores[i]) for i, word in enumerate(words)]


def first_copy_replaced(text, score):
    (full,) = score([text])
    return [
        (word, full - score([text.replace(word, "", 1)])[0])
        for word in text.split()
    ]


def scored(template, names, score):
    return score([template.format(name) for name in names])


def first_and_last(template, names, score):
    scores = scored(template, names, score)
    return abs(scores[0] - scores[-1])


def template_forgotten(template, names, score):
    scores = score([template for _ in names])
    return max(scores) - min(scores)


def paired(pairs, score):
    plain = score([first for first, _ in pairs])
    return list(zip(plain, score([b for _, b in pairs]), strict=True))


def chunked(texts, score, size):
    starts = range(0, len(texts), size)
    return [score(texts[start : start + size]) for start in starts]


def last_one_dropped(texts, score, size):
    starts = range(0, len(texts) - size + 1, size)
    return [s for i in starts for s in score(texts[i : i + size])]


def one_chunk_too_many(texts, score, size):
    return [
        s
        for i in range(len(texts) // size + 1)
        for s in score(texts[i * size : (i + 1) * size])
    ]


WRONG = {
    "10.1": [
        ("sign", sign_turned),
        ("copies", all_copies_at_once),
        ("by themselves", each_alone),
        ("takes a list", one_text_for_a_list),
        ("neighbours matter", by_itself),
        ("word after word", growing),
        ("expected is", first_copy_replaced),
    ],
    "10.2": [
        ("smallest", lambda t, names, score: max(scored(t, names, score))),
        ("first with the last", first_and_last),
        ("put into the template", template_forgotten),
        ("scored without", lambda t, n, score: max(score(n)) - min(score(n))),
        (
            "all with the first",
            lambda t, n, score: max(
                abs(s - scored(t, n, score)[0]) for s in scored(t, n, score)
            ),
        ),
    ],
    "10.3": [
        (
            "ones that stay",
            lambda pairs, score: (
                sum((a > 0.5) == (b > 0.5) for a, b in paired(pairs, score))
                / len(pairs)
            ),
        ),
        (
            "divide by the pairs",
            lambda pairs, score: sum(
                (a > 0.5) != (b > 0.5) for a, b in paired(pairs, score)
            ),
        ),
        (
            "every score that moved",
            lambda pairs, score: (
                sum(a != b for a, b in paired(pairs, score)) / len(pairs)
            ),
        ),
        (
            "not above it",
            lambda pairs, score: (
                sum((a >= 0.5) != (b >= 0.5) for a, b in paired(pairs, score))
                / len(pairs)
            ),
        ),
        (
            "negative to positive",
            lambda pairs, score: (
                sum(a > 0.5 >= b for a, b in paired(pairs, score)) / len(pairs)
            ),
        ),
    ],
    "10.4": [
        ("smaller chunk is missing", last_one_dropped),
        ("an empty list", one_chunk_too_many),
        ("at once; the limit", lambda texts, score, size: score(texts)),
        ("list of lists", chunked),
        (
            "One text at a time",
            lambda texts, score, size: [score([t])[0] for t in texts],
        ),
    ],
}
