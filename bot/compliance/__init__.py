"""What may be said, to whom and when. Every outgoing message passes `gate.check`."""
