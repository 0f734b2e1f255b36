"""MedRec: patients own their medical record, and every action leaves a trace."""

__version__ = "0.1.0"
