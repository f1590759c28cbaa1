"""Write the lists of modules and of chapters, wherever they stand."""

import list_chapters
import list_modules


def main() -> None:
    """Write every list anew, where it stands."""
    for lists in (list_modules, list_chapters):  # README has one of each
        for path, text in lists.files().items():
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
