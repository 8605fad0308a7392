"""HTTP APIs of API Gateway: what happens to a request between its host name and the integration.

The modules `matching`, `throttling`, `cors` and `access_log` know neither MiniStack nor each other: the front door uses
them too, for the traffic that it carries to load balancers by itself.
"""
