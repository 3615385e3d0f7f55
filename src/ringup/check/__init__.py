"""What can be known without a phone: probes return facts, rules judge them."""
