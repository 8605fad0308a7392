"""Steps of a deploy that are done inside an environment's network."""
