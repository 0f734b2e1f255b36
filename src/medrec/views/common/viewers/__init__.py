"""Files shown inside the window: PDF, images, DICOM, text. Nothing is written to the disk."""
