"""Turn events into journeys: the boot stage, requests, calls and troubles of each phone."""
