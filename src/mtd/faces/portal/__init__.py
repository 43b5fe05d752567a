"""The BackOffice portal: pages for the retailer's people, rendered on the server."""
