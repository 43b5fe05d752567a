"""Simulation: random drawings in a random world, with every promise of the core checked each step.

`blocks` draw, of `rows` of pieces that branch, contain, are marked and undone; `mutating` spoils a
drawing, and `redrawing` makes its next version. `world` lets things happen to an instance, and
`operating` what people do to it. `invariants`, `ledger` and `changes` say what must hold, and
`campaign` plays as many steps as asked. All chance comes from one seed: the same seed gives the
same drawings, the same stories and the same digest.
"""
