"""A stand-in for the OpenTelemetry collector: OTLP over HTTP and Prometheus in; EMF, X-Ray, OTLP and a log out."""
