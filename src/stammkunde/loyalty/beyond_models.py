"""What the models of points cannot say of their tables; see `store.fresh`."""

from stammkunde.loyalty import triggers

BEYOND_MODELS = (triggers.install,)
