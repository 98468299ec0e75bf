"""
How long the models of value take to fit and to score, against `lifetimes`, in one run on the same customers.

    python bench/insight_value.py [--customers 1000000] [--runs 3]

The peer lives in an environment of its own, which the first run makes beside this file from `peers/requirements.txt`;
where it cannot be installed, our own times are printed alone. One BLAS thread on both sides. Agreement of a fit: our
log-likelihood less that of the peer's parameters, both by our formula, relative; above 0 ours is the likelier one.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.insight.value import simulate

from stammkunde.insight import value
from stammkunde.insight.value import bgnbd, gammagamma, paretonbd

HERE = Path(__file__).parent
PEER = HERE / "peers" / ".venv" / "bin" / "python"
HORIZON_DAYS = 365


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3, help="of ours; the peer runs once")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "customers.npz"
        drawn = _draw(given.customers)
        np.savez(data, **drawn)
        ours = _ours(drawn, runs=given.runs)
        theirs = _theirs(data)
    print(f"{'':24}{'customers':>12}{'ours s':>10}{'lifetimes s':>13}{'ratio':>8}   agreement")
    for name, (customers, seconds, answer) in ours.items():
        row = f"{name:24}{customers:>12,}{seconds:>10.3f}"
        if name in theirs:
            peer, *other = theirs[name]
            found = _found(name, drawn, other)
            print(f"{row}{peer:>13.1f}{peer / seconds:>7.0f}×   {(answer - found) / abs(found):+.1e}")
        else:
            print(f"{row}{'-':>13}{'-':>8}")


def _draw(n: int) -> dict[str, np.ndarray]:
    x, t_x, t = simulate.bg_nbd(n=n, r=0.3, alpha=30.0, a=0.8, b=3.0, age=1000, seed=1)
    px, pt_x, pt = simulate.pareto_nbd(n=max(n // 10, 1000), r=0.5, alpha=30.0, s=0.8, beta=300.0, age=1000, seed=1)
    gx, mean = simulate.gamma_gamma(n=n, p=5.0, q=4.0, gamma=60.0, seed=1)
    t_x = np.minimum(np.ceil(t_x), t)
    return {"x": x, "t_x": t_x, "t": t, "px": px, "pt_x": pt_x, "pt": pt, "gx": gx.astype(float), "mean": mean}


def _ours(d: dict[str, np.ndarray], *, runs: int) -> dict[str, tuple[int, float, float]]:
    bg, seconds_bg = _timed(lambda: value.fit_bg_nbd(value.history(d["x"], d["t_x"], d["t"])), runs)
    pareto, seconds_pareto = _timed(lambda: value.fit_pareto_nbd(value.history(d["px"], d["pt_x"], d["pt"])), runs)
    gamma, seconds_gamma = _timed(lambda: value.fit_gamma_gamma(d["gx"], d["mean"]), runs)
    score, seconds_score = _timed(lambda: bg.expected_purchases(HORIZON_DAYS, d["x"], d["t_x"], d["t"]), runs)
    return {
        "fit BG/NBD": (len(d["x"]), seconds_bg, bg.log_likelihood),
        "fit Pareto/NBD": (len(d["px"]), seconds_pareto, pareto.log_likelihood),
        "fit Gamma-Gamma": (len(d["gx"]), seconds_gamma, gamma.log_likelihood),
        "score one year": (len(d["x"]), seconds_score, float(score.sum())),
    }


def _timed(work: Callable, runs: int) -> tuple:
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - start)
    return answer, statistics.median(seconds)


def _theirs(data: Path) -> dict[str, tuple[float, ...]]:
    if not PEER.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", PEER.parents[1]], check=True)
            subprocess.run([PEER, "-m", "pip", "install", "-q", "-r", HERE / "peers" / "requirements.txt"], check=True)
        except subprocess.CalledProcessError as problem:
            print(f"The peer cannot be installed here ({problem}); our own times alone.")
            return {}
    done = subprocess.run([PEER, HERE / "peers" / "value.py", data], check=True, capture_output=True, text=True)
    rows = (line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    return {name: tuple(float(number) for number in numbers) for name, *numbers in rows}


def _found(name: str, d: dict[str, np.ndarray], answer: list[float]) -> float:
    """Give the likelihood of the peer's parameters by our formula, or the peer's own sum of scores."""
    likelihoods = {
        "fit BG/NBD": lambda: bgnbd._likelihood(value.history(d["x"], d["t_x"], d["t"]), first_may_leave=False),
        "fit Pareto/NBD": lambda: paretonbd._likelihood(value.history(d["px"], d["pt_x"], d["pt"])),
        "fit Gamma-Gamma": lambda: gammagamma._likelihood(d["gx"], d["mean"], np.ones(len(d["gx"]))),
    }
    return likelihoods[name]()(np.log(answer))[0] if name in likelihoods else answer[0]


if __name__ == "__main__":
    main()
