"""Postcards with a picture, in two sizes; printed together in a run."""

from stammkunde.outreach.channels.paper import Paper


class Postcard(Paper):
    name = "postcard"


CHANNEL = Postcard()
