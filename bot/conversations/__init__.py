"""The durable record of every conversation, and the only sender. Knows nothing of Rasa or HTTP."""
