"""Anythink Market's tasks: an API, and a worker that writes down what happened."""
