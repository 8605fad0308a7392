"""The layers of an environment, lowest first; each takes the settings and the layers below it."""
