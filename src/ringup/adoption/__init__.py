"""Somebody's existing TFTP folder becomes records of ours, with a comparison of both."""
