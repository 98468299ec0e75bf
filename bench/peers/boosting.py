"""Gradient boosting on evenings that `risk_quality.py` wrote: FOLDER holds N-train.parquet and N-test.parquet."""

import sys
import warnings
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from sklearn.ensemble import HistGradientBoostingClassifier

warnings.filterwarnings("ignore", message="X does not have valid feature names")


def models():
    """Conventional settings, fixed before anything was measured: the libraries' own, and small cautious trees."""
    found = {
        "hist boosting, default": HistGradientBoostingClassifier(random_state=0),
        "hist boosting, small": HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=150,
            max_leaf_nodes=8,
            min_samples_leaf=50,
            l2_regularization=1.0,
            early_stopping=False,
        ),
    }
    try:
        from lightgbm import LGBMClassifier  # noqa: PLC0415 - needs libgomp
    except (ImportError, OSError):  # without the system's libgomp
        return found
    small = {"n_estimators": 200, "learning_rate": 0.05, "num_leaves": 15, "min_child_samples": 50}
    return found | {
        "LightGBM, default": LGBMClassifier(verbose=-1),
        "LightGBM, small": LGBMClassifier(verbose=-1, **small),
    }


def main(folder: Path) -> None:
    for path in sorted(folder.glob("*-train.parquet")):
        train, test = (
            pq.read_table(folder / f"{path.name.split('-')[0]}-{part}.parquet") for part in ("train", "test")
        )
        left = train["left"].to_numpy()
        said = {
            name: model.fit(_matrix(train), left).predict_proba(_matrix(test))[:, 1] for name, model in models().items()
        }
        np.savez(folder / f"{path.name.split('-')[0]}-said.npz", **said)


def _matrix(table):
    names = [name for name in table.column_names if name != "left"]
    return np.column_stack([table[name].to_numpy().astype(float) for name in names])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
