"""Local government debt (D5): the register by district, ratios and bands, emergency response, accountability, credit rating."""
