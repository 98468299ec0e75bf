"""
How long the models of value take to fit and to score, against `lifetimes`, in one run on the same customers.

    python bench/insight_value.py [--customers 1000000] [--runs 3] [--map]

The peer lives in an environment of its own, which the first run makes beside this file from `peers/requirements.txt`;
where it cannot be installed, our own times are printed alone. With --map, BG/NBD by pymc-marketing, too
(`peers/map.txt`). One BLAS thread on both sides. Agreement of a fit: our log-likelihood less that of the peer's
parameters, both by our formula, relative; above 0 ours is the likelier one.
Agreement of scores: the largest relative difference of any customer, ours worked out with the peer's parameters.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.insight.value import simulate

from stammkunde.insight import value
from stammkunde.insight.value import bgnbd, gammagamma, paretonbd

HERE = Path(__file__).parent
ENVIRONMENTS = {"requirements.txt": ".venv", "map.txt": "map/.venv"}
HORIZON_DAYS = 365
MONTH_DAYS, MONTHS, A_MONTH = 30, 36, 0.1 / 12  # the peer's months, each discounted from its end
NAMES = {
    "fit BG/NBD": "x",
    "fit Pareto/NBD": "px",
    "fit Gamma-Gamma": "gx",
    "score one year": "x",
    "CLV of 36 months": "x",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3, help="of ours; the peer runs once")
    parser.add_argument("--map", action="store_true", help="compare with pymc-marketing, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, answers = Path(folder) / "customers.npz", Path(folder) / "answers.npz"
        drawn = _draw(given.customers)
        np.savez(data, **drawn)
        fitted, ours = _ours(drawn, runs=given.runs)
        theirs = _theirs("value.py", "requirements.txt", data, answers)
        others = _theirs("map.py", "map.txt", data) if given.map else {}
        found = _agreement(drawn, fitted, theirs, dict(np.load(answers))) if theirs else {}
    print(f"load {os.getloadavg()[0]:.1f}; seconds by the clock and of the processor")
    print(
        f"{'':20}{'customers':>11}{'ours':>9}{'proc':>9}{'lifetimes':>11}{'proc':>9}{'ratio':>7}{'proc':>7}   agreement"
    )
    for name, (clock, processor) in ours.items():
        row = f"{name:20}{len(drawn[NAMES[name]]):>11,}{clock:>9.3f}{processor:>9.3f}"
        if name in theirs:
            other, peer = theirs[name][:2]
            row += f"{other:>11.1f}{peer:>9.1f}{other / clock:>6.0f}×{peer / processor:>6.0f}×   {found[name]:+.1e}"
        print(row)
    for name, (other, peer, *parameters) in others.items():
        clock, processor = ours[name]
        ratios = f"{other / clock:.0f} and {peer / processor:.0f} times as long"
        behind = _ahead(drawn, fitted, name, parameters)
        print(f"{name} by pymc-marketing: {other:.1f} s, processor {peer:.1f} s, {ratios}; agreement {behind:+.1e}")


def _draw(n: int) -> dict[str, np.ndarray]:
    x, t_x, t = simulate.bg_nbd(n=n, r=0.3, alpha=30.0, a=0.8, b=3.0, age=1000, seed=1)
    px, pt_x, pt = simulate.pareto_nbd(n=max(n // 10, 1000), r=0.5, alpha=30.0, s=0.8, beta=300.0, age=1000, seed=1)
    gx, mean = simulate.gamma_gamma(n=n, p=5.0, q=4.0, gamma=60.0, seed=1)
    t_x = np.minimum(np.ceil(t_x), t)
    return {"x": x, "t_x": t_x, "t": t, "px": px, "pt_x": pt_x, "pt": pt, "gx": gx.astype(float), "mean": mean}


def _ours(d: dict[str, np.ndarray], *, runs: int) -> tuple[dict[str, object], dict[str, tuple[float, float]]]:
    works = {
        "fit BG/NBD": lambda: value.fit_bg_nbd(value.history(d["x"], d["t_x"], d["t"])),
        "fit Pareto/NBD": lambda: value.fit_pareto_nbd(value.history(d["px"], d["pt_x"], d["pt"])),
        "fit Gamma-Gamma": lambda: value.fit_gamma_gamma(d["gx"], d["mean"]),
    }
    fitted, times = {}, {}
    for name, work in works.items():
        fitted[name], times[name] = _timed(work, runs)
    bg, money = fitted["fit BG/NBD"], fitted["fit Gamma-Gamma"]
    times["score one year"] = _timed(lambda: bg.expected_purchases(HORIZON_DAYS, d["x"], d["t_x"], d["t"]), runs)[1]
    times["CLV of 36 months"] = _timed(lambda: _values(bg, money, d), runs)[1]
    return fitted, times


def _values(bg: value.BetaGeometric, money: value.GammaGamma, d: dict[str, np.ndarray]) -> np.ndarray:
    """Discount as the peer does, so that both can be compared."""
    ends = [month * MONTH_DAYS for month in range(1, MONTHS + 1)]
    factors = [(1 + A_MONTH) ** -month for month in range(1, MONTHS + 1)]
    return bg.discounted_purchases(ends, factors, d["x"], d["t_x"], d["t"]) * money.expected_mean(d["x"], d["mean"])


def _timed(work: Callable, runs: int) -> tuple:
    clocks, processors = [], []
    for _ in range(runs):
        clock, processor = time.perf_counter(), time.process_time()
        answer = work()
        clocks.append(time.perf_counter() - clock)
        processors.append(time.process_time() - processor)
    return answer, (statistics.median(clocks), statistics.median(processors))


def _theirs(script: str, requirements: str, *files: Path) -> dict[str, tuple[float, ...]]:
    """Ask a peer in an environment of its own, made where it is missing."""
    python = HERE / "peers" / ENVIRONMENTS[requirements] / "bin" / "python"
    if not python.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "-r", HERE / "peers" / requirements], check=True)
        except subprocess.CalledProcessError as problem:
            print(f"The peer cannot be installed here ({problem}).")
            return {}
    done = subprocess.run([python, HERE / "peers" / script, *files], check=True, stdout=subprocess.PIPE, text=True)
    rows = (line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    return {name: tuple(float(number) for number in numbers) for name, *numbers in rows}


def _agreement(
    d: dict[str, np.ndarray], fitted: dict, theirs: dict[str, tuple[float, ...]], answers: dict[str, np.ndarray]
) -> dict[str, float]:
    fits = [name for name in theirs if name.startswith("fit")]
    found = {name: _ahead(d, fitted, name, theirs[name][2:]) for name in fits}
    bg = value.BetaGeometric(*theirs["fit BG/NBD"][2:], (0.0,) * 4, 0.0, 1.0, first_may_leave=False)
    found["score one year"] = _off(bg.expected_purchases(HORIZON_DAYS, d["x"], d["t_x"], d["t"]), answers["scores"])
    if "fit Gamma-Gamma" in theirs:
        money = value.GammaGamma(*theirs["fit Gamma-Gamma"][2:], (0.0,) * 3, 0.0, 1.0)
        found["CLV of 36 months"] = _off(_values(bg, money, d), answers["clv"])
    return found


def _ahead(d: dict[str, np.ndarray], fitted: dict, name: str, parameters: Sequence[float]) -> float:
    """Give by how much our log-likelihood is the higher one, relative."""
    likelihoods = {
        "fit BG/NBD": lambda: bgnbd._likelihood(value.history(d["x"], d["t_x"], d["t"]), first_may_leave=False),
        "fit Pareto/NBD": lambda: paretonbd._likelihood(value.history(d["px"], d["pt_x"], d["pt"])),
        "fit Gamma-Gamma": lambda: gammagamma._likelihood(d["gx"], d["mean"], np.ones(len(d["gx"]))),
    }
    other = likelihoods[name]()(np.log(parameters))[0]
    return (fitted[name].log_likelihood - other) / abs(other)


def _off(ours: np.ndarray, others: np.ndarray) -> float:
    known = np.isfinite(others)  # the peer overflows on a few
    if not known.all():
        print(f"{(~known).sum()} customers have no finite score with the peer")
    return float(np.max(np.abs(ours[known] - others[known]) / np.maximum(np.abs(others[known]), 1e-6)))


if __name__ == "__main__":
    main()
