"""Pages that phones and Prometheus fetch over HTTP."""
