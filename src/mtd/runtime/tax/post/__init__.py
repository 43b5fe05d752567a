"""The post office: signed documents are put into envelopes, sent, and followed until settled."""
