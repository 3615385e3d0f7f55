"""The objects that a phone shows as a page: values that cannot be outside a phone's limits, and their XML."""
