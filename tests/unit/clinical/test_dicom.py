from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from medrec.clinical import dicom
from medrec.clinical.dicom import NotShown, read_dicom


def encoded(**tags: Any) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    for name, value in tags.items():
        setattr(dataset, name, value)
    held = io.BytesIO()
    dataset.save_as(held, enforce_file_format=True)
    return held.getvalue()


def grey(frames: int = 1, **tags: Any) -> bytes:
    pixels = np.arange(frames * 6, dtype=np.uint16).reshape(frames, 2, 3)
    facts: dict[str, Any] = {
        "Rows": 2,
        "Columns": 3,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 0,
        "PixelData": pixels.tobytes(),
    }
    if frames > 1:
        facts["NumberOfFrames"] = frames
    return encoded(**(facts | tags))


def test_a_picture_is_shown_through_its_window() -> None:
    file = read_dicom(grey(WindowCenter=2.5, WindowWidth=5.0))
    assert (file.count, file.centre, file.width) == (1, 2.5, 5.0)
    shown, width, height, colour = file.picture(0, file.centre, file.width)
    assert (width, height, colour) == (3, 2, False)
    assert list(shown) == [0, 51, 102, 153, 204, 255]


def test_an_inverted_picture_shows_low_values_white() -> None:
    file = read_dicom(grey(PhotometricInterpretation="MONOCHROME1"))
    shown, *_ = file.picture(0, 2.5, 5.0)
    assert shown[0] == 255


def test_frames_are_kept_apart() -> None:
    file = read_dicom(grey(3))
    assert file.count == 3
    assert file.picture(0, 9, 18)[0] != file.picture(2, 9, 18)[0]


def test_colours_stay_as_they_are() -> None:
    pixels = bytes(range(18))
    file = read_dicom(
        grey(
            SamplesPerPixel=3,
            PhotometricInterpretation="RGB",
            PlanarConfiguration=0,
            BitsAllocated=8,
            BitsStored=8,
            HighBit=7,
            PixelData=pixels,
        )
    )
    assert file.colour
    assert file.picture(0, 0, 1) == (pixels, 3, 2, True)


def test_tags_are_in_words() -> None:
    file = read_dicom(
        grey(PatientName="Haddad^Amina", PatientSex="F", PatientBirthDate="19680314", Modality="CT")
    )
    assert dict(file.tags) == {
        "Patient": "Haddad Amina",
        "Born": "1968-03-14",
        "Sex": "Female",
        "Kind": "CT",
    }


def test_curves_come_with_names_units_and_rate() -> None:
    channel = Dataset()
    source, unit = Dataset(), Dataset()
    source.CodeMeaning, source.CodeValue = "Lead II", "2"
    unit.CodeValue, unit.CodeMeaning = "uV", "microvolt"
    channel.ChannelSourceSequence = [source]
    channel.ChannelSensitivityUnitsSequence = [unit]
    channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor = 1.0, 1.0
    channel.ChannelBaseline, channel.WaveformBitsStored = 0.0, 16
    wave = Dataset()
    wave.NumberOfWaveformChannels, wave.NumberOfWaveformSamples = 1, 4
    wave.SamplingFrequency = 500.0
    wave.ChannelDefinitionSequence = [channel]
    wave.WaveformBitsAllocated, wave.WaveformSampleInterpretation = 16, "SS"
    wave.WaveformData = np.array([1, -2, 3, 4], dtype=np.int16).tobytes()
    (shown,) = read_dicom(encoded(Modality="ECG", WaveformSequence=[wave])).waveforms
    assert (shown.names, shown.units, shown.rate) == (("II",), ("uV",), 500.0)
    assert shown.samples[:, 0].tolist() == [1.0, -2.0, 3.0, 4.0]


@pytest.mark.parametrize("data", [b"", b"no DICOM", b"\0" * 200], ids=["empty", "text", "zeros"])
def test_what_is_no_dicom_says_so(data: bytes) -> None:
    with pytest.raises(NotShown, match="no DICOM"):
        read_dicom(data)


def test_pixels_that_are_missing_are_told() -> None:
    with pytest.raises(NotShown, match="cannot be decoded"):
        read_dicom(grey(PixelData=b"\0\0"))


def test_a_file_that_would_fill_the_memory_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dicom, "MOST", 11)
    with pytest.raises(NotShown, match="larger"):
        read_dicom(grey())


def test_real_files(shared: Path) -> None:
    for path in sorted((shared / "dicom").glob("*.dcm")):
        file = read_dicom(path.read_bytes())
        assert file.tags, path
        assert file.count or file.waveforms, path
        if file.count:
            shown, width, height, colour = file.picture(0, file.centre, file.width)
            assert len(shown) == width * height * (3 if colour else 1)
            assert len(set(shown)) > 10, path
