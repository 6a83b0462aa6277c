"""The settings: who may film with which key, what new shots are like, money, folders, window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pickup_ui import theme
from pickup_ui.models.modeltable import choosable, model_rows
from pickup_ui.models.settings import DELIVERIES, Settings
from pickup_ui.qt import (
    QAbstractItemView,
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QDesktopServices,
    QEvent,
    QFileDialog,
    QFormLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QResizeEvent,
    QScrollArea,
    QSizePolicy,
    Qt,
    QTreeWidget,
    QTreeWidgetItem,
    QUrl,
    QVBoxLayout,
    QWidget,
    Signal,
)
from pickup_ui.strings import tr
from pickup_ui.widgets.glyphs import Glyph
from pickup_ui.widgets.parts import Elided, button, clear, column, label, number, row, rule

if TYPE_CHECKING:
    from pathlib import Path

    from pickup_ui.models.models import Models

_WIDE, _WIDEST = 900, 1200
"""Pixels from which there are two columns, and beyond which they grow no more."""
_SPIN, _FIELD, _NAME = 96, 60, 100
_RASTERS = ("1280x720", "1920x1080", "3840x2160", "1080x1920")


def _delivery_name(name: str) -> str:
    names = {
        "h264": tr("H.264"),
        "prores422hq": tr("ProRes 422 HQ"),
        "dpx": tr("DPX sequence"),
        "exr": tr("OpenEXR sequence"),
    }
    return names.get(name, name)


class SettingsPage(QScrollArea):
    """Keys, model, money, delivery, look.

    Signals:
        closed: back to the work.
    """

    closed = Signal()

    def __init__(self, settings: Settings, models: Models) -> None:
        super().__init__()
        self._settings, self._models = settings, models
        self.setObjectName("settings")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._keys = QVBoxLayout()
        keys = QWidget()
        keys.setLayout(self._keys)
        self._keys.setContentsMargins(0, 0, 0, 0)
        said = tr("Keys go into this system's keyring, and are shown to nobody.")
        left = column(
            label(tr("Keys"), "section"), label(said, "dim", wrap=True), keys, rule(),
            label(tr("New shots"), "section"), self._shots_form(), rule(),
            label(tr("Money"), "section"), self._money_form(), rule(),
            label(tr("Window"), "section"), self._window_form(),
            1, spacing=10,
        )  # fmt: skip
        said = tr(
            "What can film, what it costs and until when. Your own catalog is laid over "
            "the one that ships: prices, limits, and models that it does not know."
        )
        right = column(
            label(tr("Models"), "section"), label(said, "dim", wrap=True), self._models_list(),
            rule(), label(tr("Folders"), "section"), self._folders_form(), spacing=10,
        )  # fmt: skip
        self.columns = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.columns.setSpacing(24)
        self.columns.addWidget(left, 4)
        self.columns.addWidget(right, 5)
        inner = QWidget()
        inner.setMaximumWidth(_WIDEST)
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        done = button(tr("Done"), self.closed.emit, "done")
        layout.addWidget(row(label(tr("Settings"), "large"), 1, done))
        layout.addLayout(self.columns, 1)
        self.setWidget(inner)
        models.changed.connect(self.refresh)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = event.size().width() >= _WIDE
        way = QBoxLayout.Direction
        self.columns.setDirection(way.LeftToRight if wide else way.TopToBottom)
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self.widget() is not None:
            self._show_models()
        super().changeEvent(event)

    def _form(self) -> tuple[QWidget, QFormLayout]:
        holder = QWidget()
        form = QFormLayout(holder)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(8)
        return holder, form

    def _shots_form(self) -> QWidget:
        holder, form = self._form()
        kept, settings = self._settings.kept, self._settings
        self.model = QComboBox()
        self.model.setAccessibleName(tr("Model"))
        self.model.setMinimumContentsLength(16)
        self.model.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.model.activated.connect(lambda _: settings.set(model=self.model.currentData()))
        self.deliver = QComboBox()
        self.deliver.setObjectName("deliver")
        self.deliver.setAccessibleName(tr("Delivery"))
        for name in DELIVERIES:
            self.deliver.addItem(_delivery_name(name), name)
        self.deliver.setCurrentIndex(self.deliver.findData(kept.deliver))
        self.deliver.activated.connect(lambda _: settings.set(deliver=self.deliver.currentData()))
        self.raster = QComboBox()
        self.raster.setAccessibleName(tr("Picture size"))
        self.raster.addItem(tr("As the cut says"), "")
        for size in dict.fromkeys((*_RASTERS, *filter(None, (kept.raster,)))):
            self.raster.addItem(size.replace("x", " × "), size)
        self.raster.setCurrentIndex(self.raster.findData(kept.raster))
        self.raster.activated.connect(lambda _: settings.set(raster=self.raster.currentData()))
        handles = number(0, 240, kept.handles, tr("Handles"), lambda n: settings.set(handles=n))
        takes = number(1, 64, kept.takes, tr("Takes"), lambda n: settings.set(takes=n))
        shortest = number(
            1, 10_000, kept.min_frames, tr("Shortest gap"), lambda n: settings.set(min_frames=n)
        )
        lettering = QCheckBox(tr("Name and words on drawn shots"))
        lettering.setChecked(kept.lettering)
        lettering.toggled.connect(lambda on: settings.set(lettering=on))
        self.look = QLineEdit(kept.look)
        self.look.setMinimumWidth(_FIELD)
        self.look.setAccessibleName(tr("Look"))
        self.look.setPlaceholderText(tr("none"))
        self.look.editingFinished.connect(lambda: settings.set(look=self.look.text().strip()))
        for spin in (handles, takes, shortest):
            spin.setMaximumWidth(_SPIN)
        form.addRow(tr("Model"), self.model)
        form.addRow(tr("Delivery"), self.deliver)
        form.addRow(tr("Picture size"), self.raster)
        form.addRow(tr("Handles, frames"), handles)
        form.addRow(tr("Takes"), takes)
        form.addRow(tr("Shortest gap, frames"), shortest)
        form.addRow(tr("Look"), row(self.look, button(tr("Choose …"), self._choose_look)))
        form.addRow("", lettering)
        return holder

    def _money_form(self) -> QWidget:
        holder, form = self._form()
        settings = self._settings
        self.budget = QLineEdit(settings.kept.budget)
        self.budget.setObjectName("budget")
        self.budget.setPlaceholderText(tr("no limit"))
        self.budget.setAccessibleName(tr("Budget for one order in US dollars"))
        self.budget.editingFinished.connect(self._budget_typed)
        self.month = QLineEdit(settings.month_cap())
        self.month.setObjectName("month")
        self.month.setPlaceholderText(tr("no limit"))
        self.month.setAccessibleName(tr("Monthly cap in US dollars"))
        self.month.editingFinished.connect(lambda: settings.set_month_cap(self.month.text()))
        form.addRow(tr("One order, USD"), self.budget)
        form.addRow(tr("One month, USD"), self.month)
        return holder

    def _models_list(self) -> QWidget:
        self.table = QTreeWidget()
        self.table.setObjectName("models")
        self.table.setAccessibleName(tr("Models"))
        self.table.setHeaderLabels(
            [tr("Model"), tr("Seconds"), tr("Joins"), tr("USD a second"), tr("Until")]
        )
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setMinimumHeight(260)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.own = button(tr("Open your catalog …"), self._open_catalog, "own-catalog")
        again = button(tr("Read again"), self._models.read, "read-again")
        holder = column(self.table, row(self.own, again, 1), spacing=6)
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        return holder

    def _folders_form(self) -> QWidget:
        """Where things lie; each is opened by the system's own program."""
        holder, form = self._form()
        self.folders: dict[str, QPushButton] = {}
        for name, path in self._settings.folders().items():
            shown = Elided("dim", Qt.TextElideMode.ElideMiddle)
            shown.setText(str(path))
            opener = button(tr("Show"), partial(self._show_folder, path), spoken=tr(
                "Show the folder of {what}", what=name))  # fmt: skip
            self.folders[name] = opener
            form.addRow(name, row(shown, opener))
        return holder

    def _show_folder(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _open_catalog(self) -> None:
        problem = self._settings.make_catalog()
        if problem:
            self._settings.failed.emit(problem)
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._settings.catalog_file)))

    def _show_models(self) -> None:
        self.table.clear()
        for told in model_rows(self._models.catalog):
            item = QTreeWidgetItem(list(told.cells))
            item.setToolTip(0, told.tip)
            if told.faint:
                for column_number in range(len(told.cells)):
                    item.setForeground(column_number, theme.color("dim"))
            self.table.addTopLevelItem(item)
        for column_number in range(1, self.table.columnCount()):
            self.table.resizeColumnToContents(column_number)
        self.table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.header().setStretchLastSection(False)

    def _window_form(self) -> QWidget:
        self.on_top = QCheckBox(tr("Stay above other windows"))
        self.on_top.setObjectName("on-top")
        self.on_top.setChecked(self._settings.kept.on_top)
        self.on_top.toggled.connect(lambda on: self._settings.set(on_top=on))
        return self.on_top

    def refresh(self) -> None:
        """Show models and keys as they are now."""
        catalog = self._models.catalog
        self.model.clear()
        self.model.addItem(tr("Best available"), "")
        for card in choosable(catalog):
            self.model.addItem(card.title or card.name, card.name)
        self.model.setCurrentIndex(max(0, self.model.findData(self._settings.kept.model)))
        self._show_models()
        clear(self._keys)
        for provider in catalog.remote:
            self._keys.addWidget(self._key_row(provider, provider in catalog.keyed))
        for problem in catalog.problems:
            self._keys.addWidget(label(problem, "bad", wrap=True))

    def _key_row(self, provider: str, known: bool) -> QWidget:
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setObjectName(f"key-{provider}")
        field.setPlaceholderText(tr("a key is known") if known else tr("no key"))
        field.setAccessibleName(tr("Key of {name}", name=provider))
        kept = partial(self._keep, provider, field)
        field.returnPressed.connect(kept)
        keep = button(tr("Keep"), kept, spoken=tr("Keep the key of {name}", name=provider))
        forget = Glyph("close")
        forget.clicked.connect(partial(self._forget, provider))
        forget.setToolTip(tr("Forget the key of {name}", name=provider))
        forget.setAccessibleName(forget.toolTip())
        forget.setEnabled(known)
        field.setMinimumWidth(_FIELD)
        name = Elided()
        name.setText(provider)
        name.setFixedWidth(_NAME)
        return row(name, field, keep, forget)

    def _keep(self, provider: str, field: QLineEdit) -> None:
        from pickup.providers.keys import Secret

        text = field.text().strip()
        field.clear()
        if text:
            problem = self._settings.store_key(provider, Secret(text))
            if problem:
                self._settings.failed.emit(problem)
            self._models.read()

    def _forget(self, provider: str) -> None:
        self._settings.forget_key(provider)
        self._models.read()

    def _budget_typed(self) -> None:
        from pickup_ui.models.settings import amount

        text = self.budget.text().strip()
        if text and amount(text) is None:
            self._settings.failed.emit(tr("“{what}” is not an amount of dollars.", what=text))
            self.budget.setText(self._settings.kept.budget)
            return
        self._settings.set(budget=text)

    def _choose_look(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose a look"), "", tr("Looks (*.toml)"))
        if name:
            self.look.setText(name)
            self._settings.set(look=name)
