"""Give the book another address on GitHub, everywhere at once.

    python book/tools/set_address.py https://github.com/you/reviews
    python book/tools/set_address.py --released

Opened alone, in Colab, a chapter installs the package: from the book's
address, or, once there is a release and the name on PyPI is ours, from there.
The second command says that there is one; the first takes that back, as a
copy of the book has a package of its own.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import yaml

TEXTS = ["*.md", "*.cff", "*.toml", "*.yml", "book/*.md"]
NOTEBOOKS = "notebooks/**/*.ipynb"
INSTALL = re.compile(
    r'(%pip install --quiet )(git\+[^\\"]+|imdbtutor)(?=[\\"])'
)


def set_address(folder: Path, url: str) -> list[Path]:
    """Replace the address that stands in `_config.yml` by another one.

    Args:
        folder: The root of the repository.
        url: The new address, such as "https://github.com/you/reviews".

    Returns:
        The files that were changed.

    Raises:
        ValueError: If `url` is not the address of a repository on GitHub;
            nothing is changed then.
    """
    name = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+?)/?", url)
    if name is None:
        raise ValueError(
            f"{url!r} is no address of a repository on GitHub. Expected is "
            f"something like https://github.com/you/reviews."
        )
    config = yaml.safe_load((folder / "_config.yml").read_text("utf-8"))
    old = config["repository"]["url"].removeprefix("https://github.com/")
    found = re.compile(rf"(github\.com/|com/github/){re.escape(old)}(?![\w-])")
    source = f"git+https://github.com/{name[1]}"
    return _change(
        folder,
        [*TEXTS, NOTEBOOKS],
        lambda text: _installing(source, found.sub(rf"\g<1>{name[1]}", text)),
    )


def set_released(folder: Path) -> list[Path]:
    """Let every notebook install the package from PyPI.

    Args:
        folder: The root of the repository.

    Returns:
        The files that were changed.
    """
    return _change(
        folder, [NOTEBOOKS], lambda text: _installing("imdbtutor", text)
    )


def _installing(source: str, text: str) -> str:
    return INSTALL.sub(rf"\g<1>{source}", text)


def _change(
    folder: Path, patterns: list[str], change: Callable[[str], str]
) -> list[Path]:
    """Rewrite the files in which there is something to change."""
    changed = []
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            text = path.read_text("utf-8")
            if change(text) != text:
                path.write_text(change(text), "utf-8")
                changed.append(path)
    return changed


if __name__ == "__main__":
    root = Path.cwd()
    released = sys.argv[1:] == ["--released"]
    done = set_released(root) if released else set_address(root, *sys.argv[1:])
    for path in done:
        print(path.relative_to(root))
