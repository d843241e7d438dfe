"""Credit reports of third parties: who may issue them, what was signed, what one is worth on a day, where it was used."""
