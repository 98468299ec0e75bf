"""Work in the background: heartbeats, and the sweeps that workers go round."""
