"""Clinical contents: what a file is, whether it is FHIR R4, and how people read it.

Nothing here changes a clinical file: its bytes are stored, hashed and signed as they came, and
never written again from what was read (re-serialising alters one official example in nine).

The FHIR models (pydantic) load in 0.3 s; they are imported by the functions that validate.
"""
