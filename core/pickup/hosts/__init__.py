"""Where cuts come from and go back to: the `Host` protocol, and the host that is a file."""
