"""The doctor's rules by subject; the manual page of each subject is beside its module, under the same
name.
"""
