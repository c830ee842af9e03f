"""A study on real trade: how much of what countries and firms owe each other need not be paid.

    python -m examples.study --out DIR

Two layers, kept apart all the way through. What follows from trade statistics: `trade` (the quoted figures),
`groups`, `bounds`. What follows from an assumption about firms: `firms` (the rule), `curve`. `draw` shows
both, `docs/study.md` explains them.
"""
