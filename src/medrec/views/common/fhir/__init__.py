"""FHIR resources as pages that people read."""

from __future__ import annotations

from medrec.views.common.fhir.view import ResourceView

__all__ = ["ResourceView"]
