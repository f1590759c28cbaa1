"""Ways to damage the folder of a saved model, each with random choices.

`DAMAGE` is what happens to files. `SEALED` is what only somebody with a grudge
does: the digests are right again, and yet it is no model, or the same one.
`OTHER` makes, the same way, what may be another model.
"""

import io
import json
import os
import pickle
import shutil
import struct

import torch

from imdbtutor.inference import saved_model

WEIGHTS, SETTINGS, VOCAB = "model.safetensors", "settings.json", "vocab.json"
NEEDED = [WEIGHTS, SETTINGS, VOCAB]
ODD_VALUES = [
    *(None, True, False, "", "1", "\ud800", [], {}, [[1]], {"a": {"b": 1}}),
    *(-1, 0, 1, 2, 7, 10**9, 10**12, 2**31, 2**63, 2**64, -(10**12), 10**400),
    *(0.5, 1.0, -0.0, 4.5, 1e308, float("nan"), float("inf"), "a" * 10_000),
]
MARKER = "sprung"


class Trap:
    """What makes a folder where it is unpickled."""

    def __init__(self, folder):
        self.path = str(folder / MARKER)

    def __reduce__(self):
        return os.mkdir, (self.path,)


# --- bytes


def flip(raw, rng):
    changed = bytearray(raw)
    for _ in range(rng.randint(1, 3)):
        changed[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def overwrite(raw, rng):
    start, length = rng.randrange(len(raw)), rng.randint(1, 40)
    return raw[:start] + rng.randbytes(length) + raw[start + length :]


def insert(raw, rng):
    start = rng.randint(0, len(raw))
    return raw[:start] + rng.randbytes(rng.randint(1, 40)) + raw[start:]


def delete(raw, rng):
    start = rng.randrange(len(raw))
    return raw[:start] + raw[start + rng.randint(1, 40) :]


def double(raw, rng):
    start = rng.randrange(len(raw))
    end = start + rng.randint(1, 200)
    return raw[:end] + raw[start:end] + raw[end:]


def truncate(raw, rng):
    return raw[: rng.randrange(len(raw))]


def zero_the_end(raw, rng):
    start = rng.randrange(len(raw))
    return raw[:start] + bytes(len(raw) - start)


def other_line_ends(raw, rng):
    return raw.replace(b"\n", rng.choice([b"\r\n", b"\r", b""]))


def other_encoding(raw, rng):
    text = raw.decode("latin-1")
    name = rng.choice(["utf-16", "utf-32", "utf-8-sig", "utf-7"])
    return text.encode(name)


BYTES = [
    flip,
    overwrite,
    insert,
    delete,
    double,
    truncate,
    zero_the_end,
    other_line_ends,
    other_encoding,
]


def damage_bytes(how):
    def damage(folder, rng):
        path = folder / rng.choice(NEEDED)
        path.write_bytes(how(path.read_bytes(), rng))

    damage.__name__ = how.__name__
    return damage


# --- files


def put_random_bytes(folder, rng):
    raw = rng.randbytes(rng.choice([0, 1, 8, 100, 10_000]))
    (folder / rng.choice(NEEDED)).write_bytes(raw)


def put_a_pickle(folder, rng):
    path, raw = folder / rng.choice(NEEDED), io.BytesIO()
    if rng.random() < 0.5:
        torch.save({"weights": Trap(folder)}, raw)
    else:
        pickle.dump(Trap(folder), raw, protocol=rng.randint(0, 5))
    path.write_bytes(raw.getvalue())


def swap_files(folder, rng):
    one, two = rng.sample(NEEDED, 2)
    os.replace(folder / one, folder / "kept")
    os.replace(folder / two, folder / one)
    os.replace(folder / "kept", folder / two)


def lose_a_file(folder, rng):
    (folder / rng.choice(NEEDED)).unlink()


def lose_or_change_the_card(folder, rng):
    (folder / "README.md").unlink()
    if rng.random() < 0.7:
        (folder / "README.md").write_bytes(rng.randbytes(100))


def rename_a_file(folder, rng):
    path = folder / rng.choice(NEEDED)
    names = [path.name + "~", path.name + ".partial", "x", f"ü{path.name}"]
    path.rename(folder / rng.choice(names))


def put_a_folder(folder, rng):
    path = folder / rng.choice(NEEDED)
    path.unlink()
    path.mkdir()


def link(folder, rng):
    path = folder / rng.choice(NEEDED)
    elsewhere = path.with_suffix(".elsewhere")
    os.replace(path, elsewhere)
    target = rng.choice([elsewhere, folder, path, folder / "nowhere"])
    try:
        path.symlink_to(target)
    except OSError:  # Windows asks for a privilege
        os.replace(elsewhere, path)


def add_files(folder, rng):
    for name in ("settings.json.partial", "pytorch_model.bin", "ü 😀"):
        (folder / name).write_bytes(pickle.dumps(Trap(folder)))


def mix_with_another(folder, rng):
    """Put one file of another model into the folder."""
    shutil.copy(
        folder.parent / "another" / (n := rng.choice(NEEDED)), folder / n
    )


# --- JSON


def read_json(path):
    return json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))


def write_json(path, found):
    path.write_text(json.dumps(found), encoding="utf-8")


def places(found):
    """List every place in nested dictionaries, as (dictionary, key)."""
    for key, value in found.items():
        yield found, key
        if isinstance(value, dict):
            yield from places(value)


def put_odd_value(found, rng):
    holder, key = rng.choice(list(places(found)))
    how = rng.random()
    if how < 0.15:
        del holder[key]
    elif how < 0.3:
        holder[f"{key}x"] = holder.pop(key)
    else:
        holder[key] = rng.choice(ODD_VALUES)


def edit_settings(folder, rng):
    settings = read_json(folder / SETTINGS)
    put_odd_value(settings, rng)
    write_json(folder / SETTINGS, settings)


def choose_another_pooling(folder, rng):
    settings = read_json(folder / SETTINGS)
    settings["model"]["pooling"] = rng.choice(["last", "mean", "max_mean"])
    write_json(folder / SETTINGS, settings)


def write_a_key_twice(folder, rng):
    text = (folder / SETTINGS).read_text("utf-8")
    more = rng.choice(['"format": 2', '"model": {}', '"figures": NaN'])
    first = "{" + more + "," + text[1:]
    last = text.rstrip()[:-1] + "," + more + "}"
    (folder / SETTINGS).write_text(rng.choice([first, last]), "utf-8")


def nest_deeply(folder, rng):
    depth = rng.choice([100, 1_000, 100_000])
    name, mark = rng.choice([SETTINGS, VOCAB]), rng.choice(["[", '{"a":'])
    (folder / name).write_text(mark * depth, "utf-8")


def write_it_otherwise(folder, rng):
    """Write the same JSON with other spaces, or in another order."""
    name = rng.choice([SETTINGS, VOCAB])
    found, sort = read_json(folder / name), rng.random() < 0.5
    text = json.dumps(found, indent=rng.choice([None, 1, 7]), sort_keys=sort)
    (folder / name).write_text(text, "utf-8")


# --- with the right digests


def seal(folder):
    settings = read_json(folder / SETTINGS)
    settings["sha256"] = saved_model._digests(folder.joinpath, settings)
    write_json(folder / SETTINGS, settings)


def sealed(how):
    def damage(folder, rng):
        how(folder, rng)
        seal(folder)

    damage.__name__ = f"{how.__name__}_sealed"
    return damage


def edit_sizes(folder, rng):
    settings = read_json(folder / SETTINGS)
    for _ in range(rng.randint(1, 2)):
        put_odd_value(settings["model"], rng)
    write_json(folder / SETTINGS, settings)


def edit_figures(folder, rng):
    settings = read_json(folder / SETTINGS)
    put_odd_value({"figures": settings["figures"]} | settings["figures"], rng)
    if rng.random() < 0.3:
        settings["figures"] = rng.choice(ODD_VALUES)
    write_json(folder / SETTINGS, settings)


def put_no_weights(folder, rng):
    raw = rng.choice([b"", b"{}", bytes(8), b"\xff" * 8, rng.randbytes(500)])
    (folder / WEIGHTS).write_bytes(raw)


def put_a_pickle_for_weights(folder, rng):
    (folder / WEIGHTS).write_bytes(pickle.dumps(Trap(folder)))


def put_no_words(folder, rng):
    raw = [b"", b"[]", b"{", b"nan", b'"', b"\xff", b'{"tokens": ["a", "a"]}']
    (folder / VOCAB).write_bytes(rng.choice(raw))


def split_weights(folder):
    raw = (folder / WEIGHTS).read_bytes()
    end = 8 + int.from_bytes(raw[:8], "little")
    return json.loads(raw[8:end]), raw[end:]


def join_weights(folder, header, data):
    head = json.dumps(header).encode()
    raw = len(head).to_bytes(8, "little") + head + data
    (folder / WEIGHTS).write_bytes(raw)


def edit_a_tensor(folder, rng):
    header, data = split_weights(folder)
    tensor = header[rng.choice(sorted(header.keys() - {"__metadata__"}))]
    dtypes = ["F16", "BF16", "F64", "I32", "U32", "U8", "BOOL", "F8_E4M3"]
    shape, (begin, end) = tensor["shape"], tensor["data_offsets"]
    edits = {
        "dtype": [*dtypes, *ODD_VALUES],
        "shape": [
            *(
                [*shape, 1],
                shape[1:],
                [1, *shape],
                shape[::-1],
                [-n for n in shape],
            ),
            *([shape[0] + 1], [2**40], [2**63, 2], [0], [0.5], *ODD_VALUES),
        ],
        "data_offsets": [
            *([begin, end + 4], [begin + 4, end], [end, begin], [0, 0]),
            *([begin, 2**62], [-4, end], [begin], [], *ODD_VALUES),
        ],
    }
    key = rng.choice(list(edits))
    tensor[key] = rng.choice(edits[key])
    join_weights(folder, header, data)


def edit_the_header(folder, rng):
    header, data = split_weights(folder)
    name = rng.choice(sorted(header.keys() - {"__metadata__"}))
    tensor = header[name]
    edits = [
        lambda: header.pop(name),
        lambda: header.update({f"{name}x": header.pop(name)}),
        lambda: header.update({"one.more": tensor}),
        lambda: header.update({"one.more": tensor | {"shape": [0]}}),
        lambda: header.update({name: rng.choice(ODD_VALUES)}),
        lambda: header.update(__metadata__={"note": "mine"}),
        lambda: header.update(__metadata__=rng.choice(ODD_VALUES)),
        lambda: header.clear(),
    ]
    rng.choice(edits)()
    join_weights(folder, header, data + bytes(rng.choice([0, 0, 4])))


def edit_the_headers_length(folder, rng):
    raw = (folder / WEIGHTS).read_bytes()
    length = int.from_bytes(raw[:8], "little")
    other = rng.choice([0, 1, length - 1, length + 1, 2**32, 2**63, 2**64 - 1])
    (folder / WEIGHTS).write_bytes(other.to_bytes(8, "little") + raw[8:])


def edit_words(folder, rng):
    """Make a vocabulary that cannot be used; or that says the same."""
    found = read_json(folder / VOCAB)
    tokens, size = found["tokens"], len(found["tokens"])
    place = rng.randrange(size)
    edits = [
        lambda: tokens.__setitem__(place, tokens[place - 1]),
        lambda: tokens.__setitem__(place, rng.choice([1, None, [], {}, 0.5])),
        lambda: found.update(tokens=list(range(size))),
        lambda: tokens.pop(place),
        lambda: tokens.insert(place, "one-more"),
        lambda: tokens.extend(f"more-{n}" for n in range(10_000)),
        lambda: tokens.__setitem__(0, "never-seen"),
        lambda: tokens.__setitem__(0, "\ud800"),
        lambda: found.update(tokens={token: 1 for token in tokens}),
        lambda: found.update(tokens=rng.choice(ODD_VALUES)),
        lambda: found.update(
            default_index=rng.choice([None, -1, size, 1e400])
        ),
        lambda: found.update(
            default_index=rng.choice(["1", [], 10**400, 1.5])
        ),
        lambda: found.update(default_index=rng.choice([True, 1.0])),
        lambda: found.pop(rng.choice(list(found))),
        lambda: found.update(more=1),
    ]
    rng.choice(edits)()
    write_json(folder / VOCAB, found)


# --- with the right digests, and another model perhaps


def put_odd_weights(folder, rng):
    header, data = split_weights(folder)
    odd = [float("nan"), float("inf"), -float("inf"), 3e38, -3e38, 1e5]
    odd += [65_504, -65_504, 1e-45, -0.0]
    changed = bytearray(data)
    for _ in range(rng.choice([1, 5, 100])):
        place = 4 * rng.randrange(len(data) // 4)
        changed[place : place + 4] = struct.pack("<f", rng.choice(odd))
    join_weights(folder, header, bytes(changed))


def flip_weights(folder, rng):
    header, data = split_weights(folder)
    join_weights(folder, header, flip(data, rng))


def swap_tensors(folder, rng):
    header, data = split_weights(folder)
    one, two = rng.sample(sorted(header.keys() - {"__metadata__"}), 2)
    header[one], header[two] = header[two], header[one]
    join_weights(folder, header, data)


def swap_words(folder, rng):
    found = read_json(folder / VOCAB)
    rng.shuffle(found["tokens"])
    found["default_index"] = rng.randrange(-1, len(found["tokens"]) + 1)
    write_json(folder / VOCAB, found)


def damage_a_checked_file(folder, rng):
    path = folder / rng.choice([WEIGHTS, VOCAB])
    path.write_bytes(rng.choice(BYTES)(path.read_bytes(), rng))


DAMAGE = [
    *map(damage_bytes, BYTES),
    put_random_bytes,
    put_a_pickle,
    swap_files,
    lose_a_file,
    lose_or_change_the_card,
    rename_a_file,
    put_a_folder,
    link,
    add_files,
    mix_with_another,
    edit_settings,
    choose_another_pooling,
    write_a_key_twice,
    nest_deeply,
    write_it_otherwise,
]
SEALED = [
    *map(sealed, [edit_sizes, edit_figures, put_no_weights, put_no_words]),
    *map(sealed, [put_a_pickle_for_weights, edit_a_tensor, edit_the_header]),
    *map(sealed, [edit_the_headers_length, edit_words]),
]
OTHER = [
    *map(sealed, [put_odd_weights, flip_weights, swap_tensors, swap_words]),
    *map(sealed, [damage_a_checked_file, choose_another_pooling]),
]
