"""What is kept about the talk, in the database: who may ask, what arrived and left, what was asked and answered."""
