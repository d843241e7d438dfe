"""Assessment: indicator values become scores that unfold back to every fact, with the doubt that belongs to them."""
