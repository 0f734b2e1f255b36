"""Files shown inside the window: PDF, images, DICOM, FHIR, text. Nothing is written to the disk."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from medrec.clinical.media import Kind, medium
from medrec.clinical.reading import FHIR_JSON, looks_like_json
from medrec.views.common.viewers.base import NotShownView


def viewer_for(media_type: str, name: str, data: bytes) -> QWidget:
    """The widget that shows a file; what nothing here can show says so, and how large it is.

    What the bytes are counts, not what ``media_type`` says they are.
    """
    found = medium(name, data)
    kind = found.kind
    if media_type == FHIR_JSON or kind is Kind.FHIR or _says_fhir(name, data):
        from medrec.views.common.fhir.view import ResourceView

        view = ResourceView()
        view.show_bytes(data)
        return view
    if kind is Kind.PDF:
        from medrec.views.common.viewers.pdf import PdfViewer

        return PdfViewer(data, name)
    if kind is Kind.IMAGE:
        from medrec.views.common.viewers.image import ImageViewer

        return ImageViewer(data, name)
    if kind is Kind.DICOM:
        from medrec.views.common.viewers.dicom import DicomViewer

        return DicomViewer(data, name)
    if kind in {Kind.TEXT, Kind.XML, Kind.CDA} or looks_like_json(name, data):
        from medrec.views.common.viewers.text import TextViewer

        return TextViewer(data.decode("utf-8", "replace"), name, code=kind is not Kind.TEXT)
    return NotShownView(name, found.media_type or media_type, len(data))


def _says_fhir(name: str, data: bytes) -> bool:
    return looks_like_json(name, data) and b'"resourceType"' in data


__all__ = ["NotShownView", "viewer_for"]
