"""PyArrow without pandas.

PyArrow looks for pandas when it makes its first array, and loads it wherever it is installed (OR-tools
brings it): measured, 0.8 s and 60 MB in every process, and nothing here uses it. It looks once, so in the
command line's own process pandas is hidden for that look, before any command that uses PyArrow.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


class _NoPandas(MetaPathFinder):
    """Says that pandas is not installed."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse pandas; know nothing of all other modules."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def leave_pandas_out() -> None:
    """Let PyArrow have its look, and see nothing."""
    if "pandas" in sys.modules:
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        import pyarrow as pa

        pa.array([0])
    finally:
        sys.meta_path.remove(finder)
