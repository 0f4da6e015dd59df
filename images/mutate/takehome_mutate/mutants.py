"""From the text of one Python file to its mutants, by the operators of cosmic-ray."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names


@dataclass(frozen=True)
class Mutant:
    """One changed run of lines; the rest of the file is as it was."""

    line: int
    operator: str
    original: list[str]
    mutated: list[str]


def mutants_of(text: str, dropped: Counter[str]) -> Iterator[Mutant]:
    """Every mutant of `text` that compiles and may behave differently; `dropped` counts the others.

    Two operators that give the same text are one mutant, under the name that sorts first. A mutant that
    differs in annotations only is dropped: annotations say something to readers, and are no behaviour that
    a test could see.
    """
    tree = get_ast(text)
    nodes = list(ast_nodes(tree))
    meaning = _meaning(text)
    seen = {text}
    for name in sorted(operator_names()):
        operator_class = get_operator(name)
        if operator_class.arguments():
            continue  # It would have to be told what to replace by what.
        operator = operator_class()
        for occurrence in range(sum(1 for node in nodes for _ in operator.mutation_positions(node))):
            mutated = _mutate(text, operator, occurrence)
            if mutated is None:
                dropped["failed"] += 1
            elif mutated in seen:
                dropped["same"] += 1
            elif (changed := _meaning_if_valid(mutated)) is None:
                dropped["invalid"] += 1
            elif changed == meaning:
                dropped["annotations"] += 1
            else:
                seen.add(mutated)
                yield _changed_lines(text, mutated, name)


def _mutate(text: str, operator: Any, occurrence: int) -> str | None:
    try:
        mutated: str | None = mutate_code(text, operator, occurrence)
    except Exception:
        # ExceptionReplacer, for one, fails on `except (module.Error, KeyError)`. The others are still good.
        return None
    return mutated


def _meaning_if_valid(text: str) -> str | None:
    try:
        compile(text, "mutant.py", "exec", dont_inherit=True)
        return _meaning(text)
    except (SyntaxError, ValueError, RecursionError, OverflowError):
        return None


def _meaning(text: str) -> str:
    return ast.dump(_WithoutAnnotations().visit(ast.parse(text)))


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        node.annotation = ast.Constant(None)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return node


def _changed_lines(before: str, after: str, operator: str) -> Mutant:
    old, new = before.split("\n"), after.split("\n")
    shorter = min(len(old), len(new))
    start = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    end = next((i for i in range(shorter - start) if old[-1 - i] != new[-1 - i]), shorter - start)
    if len(old) - end <= start:
        # Lines were only added: name the one before them, so that the mutant has a place.
        start = max(start - 1, 0)
        end -= int(len(old) - end <= start)
    original, mutated = old[start : len(old) - end], new[start : len(new) - end]
    while len(original) > 1 and not original[0].strip():
        # A decorator is removed with the blank lines before it, which may as well stay.
        del original[0]
        start += 1
    return Mutant(start + 1, operator, original, mutated)
