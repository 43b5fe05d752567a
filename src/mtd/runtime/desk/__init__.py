"""The desk: what the retailer's people may do, who they are, and the record of what they did."""
