"""The ladder diagram of one phone: who sent what to whom, what is wrong, and what should have come next."""
