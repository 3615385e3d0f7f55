"""The docstrings below the fields of a record, for the pages that explain the fields."""

import ast
import inspect
from itertools import pairwise

from pydantic import BaseModel


def docstrings(record: type[BaseModel]) -> dict[str, str]:
    """Return the docstring below each field, read from the source, because the classes do not keep docstrings
    of fields.
    """
    tree = ast.parse(inspect.getsource(record))
    (body,) = (row.body for row in tree.body if isinstance(row, ast.ClassDef))
    return {
        row.target.id: inspect.cleandoc(str(below.value.value))
        for row, below in pairwise(body)
        if isinstance(row, ast.AnnAssign) and isinstance(row.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
    }
