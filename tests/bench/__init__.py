"""Measurements of the running service: `peerbot bench service` and `peerbot bench growth`."""
