"""Which berth your boat fits into."""
