"""
What the demo company has lived through, a module a subject. Whoever adds a capability adds its chapter, and its name.

A chapter is a function `deeds(story)` that gives `story.Deed`s. It acts by services alone, as people and workers do,
with the moment that it is given; where chance decides, it asks `story.chance`.
"""

NAMES = (
    "office", "people", "consents", "evenings", "calls", "work", "complaints", "campaigns", "letters", "looks", "phone",
    "doors", "signups", "asking", "shares", "texting", "segments", "measures", "reactions", "points",
)  # fmt: skip
