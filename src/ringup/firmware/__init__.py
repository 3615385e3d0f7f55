"""Read and check firmware packages, and add them to the firmware folder."""
