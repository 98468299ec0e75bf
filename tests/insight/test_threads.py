import numpy as np
import pyarrow as pa
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from stammkunde.insight.risk import additive
from stammkunde.insight.threads import on_one_thread
from stammkunde.insight.value import optimise


def threads():
    """How many threads each loaded library of linear algebra uses now."""
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


def test_fits_use_one_thread_where_numpy_was_loaded_with_more():
    with threadpool_limits(limits=2, user_api="blas"):
        before = threads()

        found = on_one_thread(threads)()

        assert (before, found, threads()) == ({2}, {1}, {2})


def test_threads_come_back_where_a_fit_refuses():
    with threadpool_limits(limits=2, user_api="blas"):
        with pytest.raises(ZeroDivisionError):
            on_one_thread(lambda: 1 / 0)()

        assert threads() == {2}


@pytest.mark.parametrize("module", [additive.special, additive.linalg], ids=["probabilities", "penalties"])
def test_warnings_are_learnt_on_one_thread(module, monkeypatch):
    seen, name = [], "expit" if module is additive.special else "block_diag"
    usual = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given: seen.append(threads()) or usual(*given))
    dice = np.random.default_rng(1)
    table, left = pa.table({"x": dice.random(400)}), dice.random(400) < 0.5

    with threadpool_limits(limits=2, user_api="blas"):
        additive.fit_additive(table, left)

    assert seen
    assert all(one == {1} for one in seen)


def test_values_are_fitted_on_one_thread():
    seen = []

    def objective(theta):
        seen.append(threads())
        return -float(((theta - 1) ** 2).sum()), -2 * (theta - 1)

    with threadpool_limits(limits=2, user_api="blas"):
        optimise.maximise(objective, start=np.ones(2), names=("a", "b"), firm=())

    assert seen
    assert all(one == {1} for one in seen)
