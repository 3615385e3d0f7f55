"""The rules by subject; each subject's manual page stands beside its module under the same name."""
