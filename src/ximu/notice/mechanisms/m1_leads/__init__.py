"""The complaint path into the register: a lead is verified, put right, and only a refusal becomes a record (M1.2)."""
