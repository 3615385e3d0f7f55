"""A Cisco 7940/7960 in software, which behaves like the real phone, faults included."""
