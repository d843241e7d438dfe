"""M3.4: complaints and reports. Anyone may report a breach, by name or not; what is proven cannot be joined back to who reported."""
