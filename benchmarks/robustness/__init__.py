"""What is survived: accidents, odd texts, other versions."""
