"""DICOM files for the screen: pictures as bytes of grey or colour, waveforms as numbers, tags.

Everything stays in memory. pydicom and numpy are imported when the first file is read.
"""

from __future__ import annotations

import io
import logging
import math
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from medrec.clinical.text import clean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TAGS = (
    ("Patient", "PatientName"),
    ("Patient ID", "PatientID"),
    ("Born", "PatientBirthDate"),
    ("Sex", "PatientSex"),
    ("Study", "StudyDescription"),
    ("Study date", "StudyDate"),
    ("Series", "SeriesDescription"),
    ("Kind", "Modality"),
    ("Body part", "BodyPartExamined"),
    ("Institution", "InstitutionName"),
    ("Referring physician", "ReferringPhysicianName"),
    ("Maker", "Manufacturer"),
    ("Device", "ManufacturerModelName"),
    ("Slice thickness", "SliceThickness"),
    ("Number", "AccessionNumber"),
)
_DATES = frozenset({"PatientBirthDate", "StudyDate"})
_LONGEST = 200
MOST = 512 << 20
"""Bytes of decoded pictures; a file says how many it holds before they are decoded."""


class NotShown(Exception):
    """The file is no DICOM file that can be shown; the message says why."""


@dataclass(frozen=True, slots=True)
class Waveform:
    """Curves recorded together: name, unit and samples of each, and samples a second."""

    names: tuple[str, ...]
    units: tuple[str, ...]
    rate: float
    samples: NDArray[np.float64]
    """One row a sample, one column a curve."""


@dataclass(frozen=True, slots=True)
class DicomFile:
    """A decoded file. ``frames`` is of shape (frames, rows, columns) or with three colours at the
    end; None where there is no picture. ``centre`` and ``width`` are the window that its author
    chose, else one that shows everything; ``inverted`` files show their lowest values white."""

    tags: tuple[tuple[str, str], ...]
    frames: NDArray[Any] | None = None
    colour: bool = False
    centre: float = 0.0
    width: float = 1.0
    inverted: bool = False
    pixel_aspect: float = 1.0
    waveforms: tuple[Waveform, ...] = field(default=())

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return 0 if self.frames is None else int(self.frames.shape[0])

    def picture(self, number: int, centre: float, width: float) -> tuple[bytes, int, int, bool]:
        """A picture through a window: its bytes, width, height, and whether they are RGB."""
        import numpy as np

        if self.frames is None:
            raise NotShown("There is no picture in it.")
        frame = self.frames[number]
        if self.colour:
            shown = np.ascontiguousarray(frame, dtype=np.uint8)
            return shown.tobytes(), shown.shape[1], shown.shape[0], True
        low = centre - width / 2
        scaled = (frame.astype(np.float32) - low) * (255.0 / max(width, 1e-6))
        shown = np.clip(scaled, 0, 255).astype(np.uint8)
        shown = 255 - shown if self.inverted else shown
        return np.ascontiguousarray(shown).tobytes(), shown.shape[1], shown.shape[0], False


def read_dicom(data: bytes) -> DicomFile:
    """Decode a DICOM file; takes up to some seconds for many pictures: call it in a thread.

    Raises:
        NotShown: it is no DICOM file, or one that cannot be decoded.
    """
    import pydicom
    from pydicom.errors import InvalidDicomError

    _be_quiet()
    try:
        dataset = pydicom.dcmread(io.BytesIO(data))
    except (InvalidDicomError, EOFError, ValueError, KeyError) as error:
        raise NotShown("This is no DICOM file that can be read.") from error
    try:
        return _decoded(dataset)
    except (ValueError, KeyError, AttributeError, NotImplementedError, RuntimeError) as error:
        raise NotShown(f"Its contents cannot be decoded: {clean(error, 160)}") from error


def _be_quiet() -> None:
    """Real files break the standard's smaller rules; nobody here can do anything about it.

    Not `warnings.catch_warnings`: it would put the filters of other threads back as well.
    """
    from pydicom import config

    config.settings.reading_validation_mode = config.IGNORE
    logging.getLogger("pydicom").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="pydicom")


def _decoded(dataset: Any) -> DicomFile:
    tags = tuple(_tags(dataset))
    waves = tuple(_waveforms(dataset))
    if "PixelData" not in dataset:
        return DicomFile(tags, waveforms=waves)
    frames, colour = _frames(dataset)
    centre, width = _window(dataset, frames, colour)
    inverted = str(getattr(dataset, "PhotometricInterpretation", "")) == "MONOCHROME1"
    return DicomFile(tags, frames, colour, centre, width, inverted, _aspect(dataset), waves)


def _frames(dataset: Any) -> tuple[NDArray[Any], bool]:
    from pydicom.pixels.processing import apply_modality_lut, convert_color_space

    if _size(dataset) > MOST:
        raise NotShown("Its pictures are larger than this window can hold. Save it instead.")
    pixels = dataset.pixel_array
    colour = int(getattr(dataset, "SamplesPerPixel", 1)) == 3
    if colour:
        space = str(dataset.PhotometricInterpretation)
        if space.startswith("YBR") and space not in {"YBR_RCT", "YBR_ICT"}:
            pixels = convert_color_space(pixels, space, "RGB")
        return pixels if pixels.ndim == 4 else pixels[None], True
    if str(dataset.PhotometricInterpretation) == "PALETTE COLOR":
        from pydicom.pixels.processing import apply_color_lut

        pixels = apply_color_lut(pixels, dataset) >> 8
        return pixels if pixels.ndim == 4 else pixels[None], True
    pixels = apply_modality_lut(pixels, dataset)
    if pixels.dtype.itemsize > 4:
        pixels = pixels.astype("float32")
    return pixels if pixels.ndim == 3 else pixels[None], False


def _size(dataset: Any) -> int:
    sizes = (int(getattr(dataset, name, 1) or 1) for name in _SIZES)
    return math.prod(sizes) * max(1, int(getattr(dataset, "BitsAllocated", 8) or 8) // 8)


_SIZES = ("NumberOfFrames", "Rows", "Columns", "SamplesPerPixel")


def _window(dataset: Any, frames: NDArray[Any], colour: bool) -> tuple[float, float]:
    import numpy as np

    if colour:
        return 128.0, 256.0
    centre, width = (_first(getattr(dataset, name, None)) for name in _WINDOW)
    if centre is not None and width is not None and width > 0:
        return centre, width
    low, high = (float(value) for value in np.percentile(frames, (0.5, 99.5)))
    return (low + high) / 2, max(high - low, 1.0)


_WINDOW = ("WindowCenter", "WindowWidth")


def _first(value: Any) -> float | None:
    held = value[0] if hasattr(value, "__len__") and not isinstance(value, str) and value else value
    try:
        return float(held)
    except (TypeError, ValueError):
        return None


def _aspect(dataset: Any) -> float:
    """The height of a pixel by its width."""
    for name in ("PixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"):
        both = getattr(dataset, name, None)
        if both is not None and len(both) == 2 and float(both[0]) > 0 and float(both[1]) > 0:
            return float(both[0]) / float(both[1])
    return 1.0


def _waveforms(dataset: Any) -> Any:
    for place, one in enumerate(getattr(dataset, "WaveformSequence", None) or ()):
        samples = dataset.waveform_array(place)
        channels = one.ChannelDefinitionSequence
        names, units = [], []
        for channel in channels:
            source = getattr(channel, "ChannelSourceSequence", None)
            named = source[0].CodeMeaning if source else getattr(channel, "ChannelLabel", "")
            names.append(_lead(clean(named, 60)))
            unit = getattr(channel, "ChannelSensitivityUnitsSequence", None)
            units.append(clean(unit[0].CodeValue, 20) if unit else "")
        yield Waveform(tuple(names), tuple(units), float(one.SamplingFrequency), samples)


def _lead(name: str) -> str:
    return name.removeprefix("Lead ").removesuffix(" (Einthoven)").strip() or name


def _tags(dataset: Any) -> Any:
    for label, name in _TAGS:
        value = getattr(dataset, name, None)
        shown = clean(value, _LONGEST) if value not in {None, ""} else ""
        if name == "PatientName":
            shown = ", ".join(part for part in shown.replace("^", " ").split("  ") if part).strip()
        if name == "PatientSex":
            shown = {"F": "Female", "M": "Male", "O": "Other"}.get(shown, shown)
        if name in _DATES and len(shown) == 8 and shown.isdigit():
            shown = f"{shown[:4]}-{shown[4:6]}-{shown[6:]}"
        if shown:
            yield label, shown
