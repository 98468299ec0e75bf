"""The peer's half of `bench/insight_value.py`: prints name, clock, processor time and answer, separated by tabs."""

import sys
import time
import warnings

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter
from lifetimes.utils import ConvergenceError

MONTHS, A_MONTH = 36, 0.1 / 12

warnings.simplefilter("ignore")
d, answers = np.load(sys.argv[1]), sys.argv[2]


def timed(name, work, answer):
    clock, processor = time.perf_counter(), time.process_time()
    done = work()
    print(name, time.perf_counter() - clock, time.process_time() - processor, *answer(done), sep="\t", flush=True)
    return done


def parameters(fitter):
    return list(fitter.params_)


def gamma_gamma(tolerance):
    return lambda: GammaGammaFitter().fit(d["gx"], d["mean"], tol=tolerance)


def gamma_gamma_that_converges():
    """Its usual tolerance fails on many customers ("precision loss"); only the successful attempt is timed."""
    for tolerance in (1e-7, 1e-6, 1e-5, 1e-4):
        try:
            return timed("fit Gamma-Gamma", gamma_gamma(tolerance), parameters)
        except ConvergenceError:
            continue
    return None


def customer_values():
    columns = (pd.Series(d[name]) for name in ("x", "t_x", "t", "mean"))
    return money.customer_lifetime_value(bg, *columns, time=MONTHS, discount_rate=A_MONTH, freq="D")


bg = timed("fit BG/NBD", lambda: BetaGeoFitter().fit(d["x"], d["t_x"], d["t"]), parameters)
scores = timed(
    "score one year",
    lambda: bg.conditional_expected_number_of_purchases_up_to_time(365, d["x"], d["t_x"], d["t"]),
    lambda _: (),
)
money = gamma_gamma_that_converges()
clv = timed("CLV of 36 months", customer_values, lambda _: ()) if money else None
timed("fit Pareto/NBD", lambda: ParetoNBDFitter().fit(d["px"], d["pt_x"], d["pt"]), parameters)
np.savez(answers, scores=np.asarray(scores), clv=np.zeros(0) if clv is None else np.asarray(clv))
