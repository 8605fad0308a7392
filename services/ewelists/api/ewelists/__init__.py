"""Ewelists' functions: the HTTP API (`handler`) and what follows a confirmed sign-up (`sign_up`)."""
