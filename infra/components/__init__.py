"""Components, one AWS thing a file. They take values and other components, never configuration."""
