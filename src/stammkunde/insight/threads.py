"""One thread for linear algebra: on matrices as small as ours, more of them only wait for each other."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

Given = ParamSpec("Given")
Found = TypeVar("Found")


def on_one_thread(fit: Callable[Given, Found]) -> Callable[Given, Found]:
    """
    Run a fit on one thread, whatever was loaded before, and whatever the environment says.

    Args:
        fit: any function that uses linear algebra.

    Returns:
        the same function; when it is done, others have as many threads as before.
    """

    @wraps(fit)
    def run(*given: Given.args, **named: Given.kwargs) -> Found:
        import_module("scipy.linalg")  # loaded late (`late`): what is not there yet would not be limited
        with threadpool_limits(limits=1, user_api="blas"):
            return fit(*given, **named)

    return run
