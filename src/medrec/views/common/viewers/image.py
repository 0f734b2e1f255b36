"""Pictures: fitted to the window, or zoomed and moved with the mouse or the keyboard."""

from __future__ import annotations

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PyQt6.QtGui import (
    QColor,
    QImage,
    QImageReader,
    QKeyEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PyQt6.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget

from medrec.views.common.background import Background
from medrec.views.common.theme import theme_bus, tokens
from medrec.views.common.viewers.base import NotShownView, Viewer

_STEP, _LARGEST = 1.25, 20.0
_MOST_MEGABYTES = 512


class ImageCanvas(QGraphicsView):
    """A picture that can be zoomed with the wheel or + and -, and dragged."""

    def __init__(self, parent: QWidget | None = None, *, black: bool = False) -> None:
        super().__init__(parent)
        self._black = black
        self._scene = QGraphicsScene(self)
        self._item = QGraphicsPixmapItem()
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._scene.addItem(self._item)
        self.setScene(self._scene)
        self._fitted = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setMinimumSize(160, 160)
        theme_bus.changed.connect(self._restyle)
        self._restyle()

    def show_image(self, image: QImage, aspect: float = 1.0) -> None:
        """Show another picture; ``aspect`` is the height of a pixel by its width. Zoom stays."""
        first = self._item.pixmap().isNull()
        self._item.setPixmap(QPixmap.fromImage(image))
        self._item.setTransform(QTransform.fromScale(1.0, aspect))
        self._scene.setSceneRect(self._item.sceneBoundingRect())
        if first or self._fitted:
            self.fit()

    @property
    def factor(self) -> float:
        """How large a pixel of the picture is shown."""
        return self.transform().m11()

    def fit(self) -> None:
        """As large as the window, but never larger than four times."""
        self._fitted = True
        self.fitInView(self._scene.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)
        if self.factor > 4:
            self.setTransform(QTransform.fromScale(4, 4))

    def original(self) -> None:
        """One pixel of the picture on one of the screen."""
        self._fitted = False
        self.setTransform(QTransform())

    def zoom(self, by: float) -> None:
        """Larger or smaller by a factor."""
        self._fitted = False
        if self.factor * by <= _LARGEST and self.factor * by >= 0.02:
            self.scale(by, by)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Qt's report."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Qt's report: the wheel zooms."""
        if event is not None and event.angleDelta().y():
            self.zoom(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)
            event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Qt's report: + and - zoom, 0 fits."""
        keys = {Qt.Key.Key_Plus: _STEP, Qt.Key.Key_Equal: _STEP, Qt.Key.Key_Minus: 1 / _STEP}
        if event is not None and event.key() in keys:
            self.zoom(keys[Qt.Key(event.key())])
        elif event is not None and event.key() == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def drawBackground(self, painter: QPainter | None, rect: QRectF) -> None:
        """Qt's request to draw: pictures of the body lie on black, others on a quiet ground."""
        if painter is not None:
            painter.fillRect(rect, QColor(Qt.GlobalColor.black) if self._black else self._ground)

    def _restyle(self) -> None:
        self._ground = QColor(tokens().sunken)
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()


class ImageViewer(Viewer):
    """A JPEG, PNG and whatever else Qt reads, decoded in a thread."""

    def __init__(self, data: bytes, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._size = len(data)
        self.canvas = ImageCanvas()
        self.canvas.setAccessibleName(name or self.tr("Picture"))
        self._note = self.note(self.tr("Loading"))
        self.bar.addStretch(1)
        zoom_tools(self, self.canvas)
        self.column.addWidget(self.canvas, 1)
        self._work = Background(self)
        self._work.done.connect(self._decoded)
        self._work.start(lambda: decode_image(data))

    def _decoded(self, image: QImage) -> None:
        if image.isNull():
            why = self.tr("This picture is damaged. Save it to open it elsewhere.")
            self.show_instead(NotShownView(self.name, "image", self._size, why))
            return
        self.canvas.show_image(image)
        self._note.setText(f"{image.width()} × {image.height()}")  # noqa: RUF001 - a product


def zoom_tools(viewer: Viewer, canvas: ImageCanvas) -> None:
    """The buttons that zoom and fit, at the end of a viewer's bar."""
    out = viewer.tool("zoom-out", viewer.tr("Smaller"), "-")
    out.clicked.connect(lambda: canvas.zoom(1 / _STEP))
    viewer.tool("zoom-in", viewer.tr("Larger"), "+").clicked.connect(lambda: canvas.zoom(_STEP))
    viewer.tool("image", viewer.tr("Original size")).clicked.connect(canvas.original)
    viewer.tool("maximize", viewer.tr("Fit to the window"), "0").clicked.connect(canvas.fit)


def decode_image(data: bytes) -> QImage:
    """A picture, turned the way its camera says; null where it cannot be decoded."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    QImageReader.setAllocationLimit(_MOST_MEGABYTES)
    return reader.read()
