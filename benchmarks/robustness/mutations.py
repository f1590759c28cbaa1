"""The small mistakes that are put into a module, one at a time.

Most are those of mutmut: another number, text or operator, an argument less,
`None` in place of a value. It makes them in plain functions only, which would
leave out decorated ones, properties and the defaults of settings; so the
module is walked through here, and three kinds are added: a call that is not
made, a step that is left out, a branch that is never taken.
"""

import ast
from collections.abc import Collection, Iterator
from typing import NamedTuple

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

# What no test has to notice: messages and colours are for people, and files
# are UTF-8 where this runs, said or not.
NOT_CODE = (cst.Annotation, cst.Import, cst.ImportFrom, cst.Raise)
UNTESTED = ("main", "__repr__", "__main__")
UNSEEN = {
    *("alpha", "bbox_to_anchor", "cbar_kws", "cmap", "color", "edgecolor"),
    *("figsize", "fontsize", "frameon", "layout", "linestyle", "linewidth"),
    *("loc", "marker", "markersize", "nbins", "padding", "square", "zorder"),
    *("desc", "bar_format", "ncols", "leave", "encoding"),
}


class Mutant(NamedTuple):
    """A module with one mistake: where, which lines, and the whole code."""

    where: str
    before: str
    after: str
    code: str


def call_not_made(node: cst.Call) -> Iterator[cst.BaseExpression]:
    """Make `f(x)` and `x.f()` plain `x`."""
    if len(node.args) == 1 and not node.args[0].star:
        yield node.args[0].value
    elif not node.args and isinstance(node.func, cst.Attribute):
        yield node.func.value


def step_left_out(node: cst.Expr) -> Iterator[cst.Pass]:
    """Do nothing where something was called for what it does."""
    if isinstance(node.value, cst.Call):
        yield cst.Pass()


def branch_not_taken(node: cst.If) -> Iterator[cst.If]:
    """Never go into an `if`."""
    yield node.with_changes(test=cst.Name("False"))


OPERATORS = (
    *mutation_operators,
    (cst.Call, call_not_made),
    (cst.Expr, step_left_out),
    (cst.If, branch_not_taken),
)


class Finder(cst.CSTVisitor):
    """Collects what can be replaced in a module, and by what."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.names: list[str] = []
        self.found: list[tuple[str, cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Look at a node, and say whether to look into it."""
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self.names.append(node.name.value)
        elif isinstance(node, cst.If) and "'__main__'" in _text(node.test):
            return False
        if isinstance(node, NOT_CODE) or _is_unseen(node):
            return False
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                for other in operator(node):
                    if not _is_unseen_change(node, other):
                        self.found.append((".".join(self.names), node, other))
        return True

    def on_leave(self, node: cst.CSTNode) -> None:
        """Leave a function or class."""
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self.names.pop()


def _text(node: cst.CSTNode) -> str:
    """Write a node as code, all quotes single."""
    return cst.Module([]).code_for_node(node).replace('"', "'")


def _is_unseen(node: cst.CSTNode) -> bool:
    """Tell whether a node is an argument that no test has to notice."""
    if not isinstance(node, cst.Arg):
        return False
    named = node.keyword is not None and node.keyword.value in UNSEEN
    return named or _text(node.value) == "'utf-8'"


def _is_unseen_change(node: cst.CSTNode, other: cst.CSTNode) -> bool:
    """Tell whether a call has only lost what no test has to notice."""
    if not (isinstance(node, cst.Call) and isinstance(other, cst.Call)):
        return False
    return any(_is_unseen(arg) and arg not in other.args for arg in node.args)


def find_mutants(source: str, functions: Collection[str] = ()) -> list[Mutant]:
    """Make every mistake there is, each in a copy of its own.

    Args:
        source: The code of a module.
        functions: Top-level functions and classes to keep to; if empty, all
            but those that no test could run.

    Returns:
        The mutants, each code once, in the order of the module.
    """
    module, finder = cst.parse_module(source), Finder()
    module.visit(finder)
    mutants, meaning = {}, ast.dump(ast.parse(source))
    for where, node, other in finder.found:
        outer, inner = where.split(".")[0], where.split(".")[-1]
        if inner in UNTESTED or (functions and outer not in functions):
            continue
        code = module.deep_replace(node, other).code
        if code not in mutants and _is_other_code(meaning, code):
            mutants[code] = Mutant(where, *_changed(source, code), code)
    return list(mutants.values())


def _is_other_code(meaning: str, code: str) -> bool:
    """Tell whether code can be compiled, and means something else."""
    try:
        return ast.dump(ast.parse(code)) != meaning
    except SyntaxError:
        return False


def _changed(source: str, code: str) -> tuple[str, str]:
    """Return the lines that were changed, before and after."""
    old, new = source.splitlines(), code.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return tuple(" ".join(map(str.strip, lines)) for lines in (old, new))
