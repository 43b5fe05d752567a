"""The SII's answers, classified: what they say of an upload, an envelope and one document."""
