"""Pages that phones and Prometheus fetch by HTTP."""
