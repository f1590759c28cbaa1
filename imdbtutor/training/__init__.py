"""From a model to a trained one."""
