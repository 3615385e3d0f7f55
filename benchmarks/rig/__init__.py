"""The rig that `benchmarks/storm` runs: peers, namespaces, storms, and the table of ratios."""
