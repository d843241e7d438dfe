"""Five safeguards (保障措施)."""
