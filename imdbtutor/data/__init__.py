"""From a file of reviews to padded batches."""
