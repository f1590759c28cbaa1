"""The options that several commands have.

Used in chapter 10.
"""

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[
    str, typer.Option(help="'packaged', a folder aclImdb, or a table.")
]
Saved = Annotated[
    Path,
    typer.Option(
        "--model",
        help="A folder that train wrote.",
        show_default="the package's",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]

# Of a table; all of these are looked for where they are not given.
TextColumn = Annotated[
    str | None,
    typer.Option(
        "--text-column", "--column", help="The table's column of reviews."
    ),
]
LabelColumn = Annotated[
    str | None, typer.Option(help="The table's column of labels.")
]
Separator = Annotated[
    str | None, typer.Option(help="What divides its fields.")
]
Encoding = Annotated[
    str | None, typer.Option(help="How it is written: cp1252, utf-16.")
]
Negative = Annotated[
    list[str] | None,
    typer.Option(help="A label that is blame; 1-4 is all of these."),
]
AllClasses = Annotated[
    bool, typer.Option(help="Every label is the name of a class.")
]
Positive = Annotated[
    list[str] | None, typer.Option(help="A label that is praise.")
]
