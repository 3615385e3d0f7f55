"""The objects that a phone shows as a page: values within the phone's limits, and their XML."""
