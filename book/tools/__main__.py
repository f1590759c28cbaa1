"""Jobs that are done now and then: `make tool NAME=address URL=...`.

`python book/tools` lists them. More words go to what is named:
`python book/tools chapter 16 "Borrow word vectors"`.
"""

import ast
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
TOOLS = {
    "address": "set_address",
    "chapter": "start_chapter",
    "colab": "rehearse_colab",
    "front_page": "show_prediction",
    "lists": "write_lists",
    "pdf": "print_book",
    "pictures": "write_pictures",
    "pins": "pin_packages",
    "torchtext": "ask_torchtext",
    "try_it": "write_model_js",
}


def purpose(name: str) -> str:
    """Return the first line of a tool's docstring."""
    text = (HERE / f"{TOOLS[name]}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").splitlines()[0]


def main(words: Sequence[str]) -> int:
    """Run what the first word names, or list what there is.

    Args:
        words: A name, and what is passed on.

    Returns:
        0, or 2 if there is nothing of that name.
    """
    if not words:
        width = max(map(len, TOOLS))
        for name in TOOLS:
            print(f"{name:{width}}  {purpose(name)}")
        return 0
    name, *others = words
    if name not in TOOLS:
        print(
            f"no '{name}'. Expected one of: {', '.join(TOOLS)}.",
            file=sys.stderr,
        )
        return 2
    path = str(HERE / f"{TOOLS[name]}.py")
    sys.argv = [path, *others]
    runpy.run_path(path, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
