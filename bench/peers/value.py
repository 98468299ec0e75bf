"""The peer's half of `bench/insight_value.py`: prints name, seconds and answer, separated by tabs."""

import sys
import time
import warnings

import numpy as np
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter

warnings.simplefilter("ignore")
d = np.load(sys.argv[1])


def timed(name, work, answer):
    start = time.perf_counter()
    done = work()
    print(name, time.perf_counter() - start, *answer(done), sep="\t", flush=True)
    return done


def parameters(fitter):
    return list(fitter.params_)


bg = timed("fit BG/NBD", lambda: BetaGeoFitter().fit(d["x"], d["t_x"], d["t"]), parameters)
timed(
    "score one year",
    lambda: bg.conditional_expected_number_of_purchases_up_to_time(365, d["x"], d["t_x"], d["t"]),
    lambda scores: [float(np.sum(scores))],
)
timed("fit Gamma-Gamma", lambda: GammaGammaFitter().fit(d["gx"], d["mean"]), parameters)
timed("fit Pareto/NBD", lambda: ParetoNBDFitter().fit(d["px"], d["pt_x"], d["pt"]), parameters)
