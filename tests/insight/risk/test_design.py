import numpy as np
import pytest

from stammkunde.insight.risk.design import AT_ONCE, Design

COUNTS = (5, 3, 12)


@pytest.mark.parametrize("n", [1, 700, AT_ONCE, 2 * AT_ONCE + 1])
def test_design_does_what_the_matrix_would(n):
    random = np.random.default_rng(4)
    codes = np.column_stack([random.integers(0, count, n) for count in COUNTS]).astype(np.int32)
    matrix = np.column_stack([np.ones(n), *(np.eye(count)[codes[:, k]] for k, count in enumerate(COUNTS))])
    weights, beta = random.random(n), random.normal(size=matrix.shape[1])

    design = Design(codes, COUNTS)

    assert design.size == 21
    assert np.allclose(design.sums(beta), matrix @ beta, rtol=1e-12)
    assert np.allclose(design.totals(weights), matrix.T @ weights, rtol=1e-12)
    assert np.allclose(design.products(weights), matrix.T @ (weights[:, None] * matrix), rtol=1e-12)
