"""The parts of the example day: who takes part, what they trade, pay and invoice, and how it is written."""
