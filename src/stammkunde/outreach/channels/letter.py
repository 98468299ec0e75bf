"""Letters by DIN 5008, for window envelopes; printed together in a run."""

from stammkunde.outreach.channels.paper import Paper


class Letter(Paper):
    name = "letter"


CHANNEL = Letter()
