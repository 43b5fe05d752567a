"""The engine: BPMN drawings, the tokens on them, and `advance`; it has never heard of retail."""
