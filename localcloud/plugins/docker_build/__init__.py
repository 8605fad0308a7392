"""The provider `docker-build`: images built by the Docker engine with BuildKit, pushed to the embedded registry."""
