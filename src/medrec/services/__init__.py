"""The use cases: plain async Python over the ports; no Qt, no gateways of their own."""
