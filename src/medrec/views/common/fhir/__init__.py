"""FHIR resources as pages that people read."""
