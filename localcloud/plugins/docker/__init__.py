"""The provider `docker`: reads images of a registry by tag or digest."""
