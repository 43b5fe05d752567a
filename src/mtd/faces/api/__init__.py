"""The REST API: routes that translate between HTTP and `runtime.operations`."""
