"""Draw what the chapters explain, every picture in one language."""
