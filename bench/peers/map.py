"""The half of pymc-marketing in `bench/insight_value.py --map`: prints name, seconds and answer, separated by tabs."""

import sys
import time
import warnings

import numpy as np
import pandas as pd
from pymc_marketing import clv

warnings.simplefilter("ignore")
d = np.load(sys.argv[1])
frame = pd.DataFrame({"customer_id": np.arange(len(d["x"])), "frequency": d["x"], "recency": d["t_x"], "T": d["t"]})


def fit(part):
    clock, processor = time.perf_counter(), time.process_time()
    model = clv.BetaGeoModel(data=part)
    model.fit(method="map", progressbar=False)
    found = model.fit_result
    parameters = [float(found[name].mean()) for name in ("r", "alpha", "a", "b")]
    return time.perf_counter() - clock, time.process_time() - processor, *parameters


fit(frame[:1000])  # compiles; what it compiled is kept
print("fit BG/NBD", *fit(frame), sep="\t", flush=True)
