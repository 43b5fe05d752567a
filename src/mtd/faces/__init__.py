"""Floor 4: the faces; they translate and decide nothing."""
