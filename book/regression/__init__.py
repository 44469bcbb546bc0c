"""The regression: nbval compares what a run shows with what the notebooks have stored."""
