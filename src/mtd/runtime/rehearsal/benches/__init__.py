"""The benchmarks: the engine, its memory, a peer beside it, and tax documents."""
