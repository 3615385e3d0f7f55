"""The programs behind `benchmarks/storm`: other servers, namespaces, workloads, and the table of ratios."""
