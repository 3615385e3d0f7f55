"""A Cisco 7940/7960 in software, faithful to its faults."""
