"""
A measure on the past year: whom it would have taken week by week, at what cost, and what they did without it.

It never says what the measure would have changed: nobody was contacted. Background work, week by week, under a claim.
"""
