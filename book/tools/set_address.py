"""Give the book another address on GitHub, everywhere at once."""

import re
import sys
from pathlib import Path

import yaml

TEXTS = ["*.md", "*.cff", "*.yml", "book/*.md", "notebooks/**/*.ipynb"]


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
    changed = []
    for pattern in TEXTS:
        for path in sorted(folder.glob(pattern)):
            text = path.read_text("utf-8")
            if found.search(text):
                path.write_text(found.sub(rf"\g<1>{name[1]}", text), "utf-8")
                changed.append(path)
    return changed


if __name__ == "__main__":
    for path in set_address(Path.cwd(), *sys.argv[1:]):
        print(path.relative_to(Path.cwd()))
