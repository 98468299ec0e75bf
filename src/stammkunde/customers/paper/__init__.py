"""Pages about customers, set by `ui.typesetting`."""
