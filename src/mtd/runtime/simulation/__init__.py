"""Simulation: random drawings in a random world, with every promise of the core checked each step.

`drafting`, `events`, `single` and `blocks` draw, `mutating` spoils a drawing, `world` lets things
happen to an instance, `invariants` says what must hold, and `campaign` plays as many steps as
asked. All chance comes from one seed: the same seed gives the same drawings, the same stories and
the same digest.
"""
