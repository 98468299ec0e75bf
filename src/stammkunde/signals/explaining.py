"""
Reasons for whoever was not warned: the fitted model and the signs it saw, kept beside the mirror until somebody looks.

What is kept belongs to one generation and one version of insight, and is sealed with this installation's own key:
nothing that somebody else put there is ever loaded. Where it is missing, the next refresh keeps it anew.
"""

import logging
import shutil
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from stammkunde.insight import risk
from stammkunde.signals.outlook import Outlook
from stammkunde.store import kept

log = logging.getLogger(__name__)


def keep(outlook: Outlook, *, generation_id: int) -> None:
    """Keep what explaining needs, whole or not at all: where the disk is full, figures are shown without it."""
    if outlook.model is None or outlook.signs is None:
        return
    folder = _folder(generation_id)
    model = replace(outlook.model, back_tests=())
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        pq.write_table(outlook.signs, folder / "signs.parquet", compression="zstd", row_group_size=16_384)
        (folder / "model").write_bytes(kept.seal(model, name=_name(generation_id)))
    except OSError as problem:
        log.warning("reasons of generation=%s are not kept: %s", generation_id, problem)
        shutil.rmtree(folder, ignore_errors=True)


def is_kept(generation_id: int) -> bool:
    """Tell whether there is anything to explain from; a generation without a model has nothing to keep."""
    return (_folder(generation_id) / "model").exists()


def forget_all_but(generation_ids: Collection[int]) -> None:
    """Remove what was kept for other generations. Repeating is harmless."""
    wanted = {str(generation_id) for generation_id in generation_ids}
    for folder in _folder(0).parent.glob("*"):
        if folder.name not in wanted:
            shutil.rmtree(folder, ignore_errors=True)


def explain(customer_id: int, *, generation_id: int) -> list[dict[str, Any]] | None:
    """Give a customer's reasons, strongest first; None where she has no risk, or nothing was kept or can be read."""
    folder = _folder(generation_id)
    model = _model(folder, generation_id)
    if model is None:
        return None
    try:
        signs = pq.read_table(folder / "signs.parquet", filters=[("customer_id", "=", customer_id)])
    except (OSError, pa.ArrowException) as problem:
        log.warning("file=%s cannot be read: %s", folder / "signs.parquet", problem)
        return None
    return risk.give_reasons(model, signs)[0] if signs.num_rows else None


def _model(folder: Path, generation_id: int) -> risk.RiskModel | None:
    try:
        sealed = (folder / "model").read_bytes()
    except OSError:  # nothing was kept, or cannot be read
        return None
    model: risk.RiskModel | None = kept.unseal(sealed, name=_name(generation_id))
    return model


def _name(generation_id: int) -> str:
    return f"risk {generation_id} {kept.program('insight')}"


def _folder(generation_id: int) -> Path:
    return Path(settings.MIRROR_DIR) / "explaining" / str(generation_id)
