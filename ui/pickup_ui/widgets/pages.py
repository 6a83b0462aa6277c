"""The pages beside the work: the first run, waiting, and the settings."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pickup_ui import theme
from pickup_ui.models.modeltable import model_rows
from pickup_ui.models.settings import DELIVERIES, Settings
from pickup_ui.qt import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDesktopServices,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    Qt,
    QTreeWidget,
    QTreeWidgetItem,
    QUrl,
    QVBoxLayout,
    QWidget,
    Signal,
)
from pickup_ui.strings import tr
from pickup_ui.widgets.parts import button, clear, column, label, may_shrink, row, rule

if TYPE_CHECKING:
    from pickup_ui.models.models import Models

_DELIVERY_NAMES = {
    "h264": "H.264",
    "prores422hq": "ProRes 422 HQ",
    "dpx": "DPX sequence",
    "exr": "OpenEXR sequence",
}


class FirstPage(QWidget):
    """No cut is open: what to do.

    Signals:
        open_asked: choose a file.
        example_asked: show it on the example.
        recent_asked: open this one again.
    """

    open_asked = Signal()
    example_asked = Signal()
    recent_asked = Signal(str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.setObjectName("first")
        self.setAcceptDrops(False)
        about = label(
            tr(
                "Pickup finds every gap in a cut, makes a shot for each, and puts the shots back, "
                "exact to the frame. Your own file is never touched."
            ),
            "dim",
            wrap=True,
        )
        self.example = button(
            tr("Fill the example"), self.example_asked.emit, "primary",
            tip=tr("Needs no key, and sends nothing"),
        )  # fmt: skip
        self.open = button(tr("Open a cut …"), self.open_asked.emit, "open")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(4)
        self.waiting = label("", "dim")
        inner = QWidget()
        inner.setMaximumWidth(460)
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(20, 24, 20, 24)
        layout.setSpacing(12)
        layout.addWidget(label(tr("Fill the holes in a cut"), "large", wrap=True))
        layout.addWidget(about)
        layout.addWidget(row(self.example, self.open, 1))
        layout.addWidget(
            label(
                tr(
                    "The example is a drawn scene with two gaps. It is filled on this machine: "
                    "no key, no cost, nothing uploaded."
                ),
                "dim",
                wrap=True,
            )
        )
        layout.addWidget(self.waiting)
        layout.addLayout(self._recent)
        layout.addStretch(1)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(inner, 100)
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addLayout(across, 4)
        outer.addStretch(1)
        settings.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """List the cuts opened lately that are still there."""
        clear(self._recent)
        recent = [Path(name) for name in self._settings.kept.recent if Path(name).exists()]
        if recent:
            self._recent.addWidget(label(tr("Opened lately"), "section"))
        for path in recent[:5]:
            made = button(path.name, partial(self.recent_asked.emit, str(path)), tip=str(path))
            self._recent.addWidget(row(made, 1))

    def wait(self, text: str) -> None:
        """Something is on its way."""
        self.waiting.setText(text)
        for one in (self.example, self.open):
            one.setEnabled(not text)


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
        self._keys = QVBoxLayout()
        keys = QWidget()
        keys.setLayout(self._keys)
        self._keys.setContentsMargins(0, 0, 0, 0)
        inner = column(
            row(label(tr("Settings"), "large"), 1, button(tr("Done"), self.closed.emit, "done")),
            label(tr("Keys"), "section"),
            label(
                tr("Keys go into this system's keyring, and are shown to nobody."),
                "dim",
                wrap=True,
            ),
            keys,
            rule(),
            label(tr("Models"), "section"),
            label(
                tr(
                    "What can film, what it costs and until when. Your own catalog is laid over "
                    "the one that ships: prices, limits, and models that it does not know."
                ),
                "dim",
                wrap=True,
            ),
            self._models_list(),
            rule(),
            label(tr("New shots"), "section"),
            self._shots_form(),
            rule(),
            label(tr("Money"), "section"),
            self._money_form(),
            rule(),
            label(tr("Folders"), "section"),
            self._folders_form(),
            rule(),
            label(tr("Window"), "section"),
            self._window_form(),
            1,
            margin=16,
            spacing=10,
        )
        inner.setMaximumWidth(640)
        self.setWidget(inner)
        models.changed.connect(self.refresh)
        self.refresh()

    def _form(self) -> tuple[QWidget, QFormLayout]:
        holder = QWidget()
        form = QFormLayout(holder)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
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
            self.deliver.addItem(_DELIVERY_NAMES.get(name, name), name)
        self.deliver.setCurrentIndex(self.deliver.findData(kept.deliver))
        self.deliver.activated.connect(lambda _: settings.set(deliver=self.deliver.currentData()))
        handles = QSpinBox(minimum=0, maximum=240, value=kept.handles)
        handles.setAccessibleName(tr("Handles"))
        handles.valueChanged.connect(lambda n: settings.set(handles=n))
        takes = QSpinBox(minimum=1, maximum=64, value=kept.takes)
        takes.setAccessibleName(tr("Takes"))
        takes.valueChanged.connect(lambda n: settings.set(takes=n))
        shortest = QSpinBox(minimum=1, maximum=10_000, value=kept.min_frames)
        shortest.setAccessibleName(tr("Shortest gap"))
        shortest.valueChanged.connect(lambda n: settings.set(min_frames=n))
        lettering = QCheckBox(tr("Name and words on drawn shots"))
        lettering.setChecked(kept.lettering)
        lettering.toggled.connect(lambda on: settings.set(lettering=on))
        self.look = QLineEdit(kept.look)
        self.look.setAccessibleName(tr("Look"))
        self.look.setPlaceholderText(tr("none"))
        self.look.editingFinished.connect(lambda: settings.set(look=self.look.text().strip()))
        form.addRow(tr("Model"), self.model)
        form.addRow(tr("Delivery"), self.deliver)
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
        self.table.setFixedHeight(220)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.own = button(tr("Open your catalog …"), self._open_catalog, "own-catalog")
        again = button(tr("Read again"), self._models.read, "read-again")
        return column(self.table, row(self.own, again, 1), spacing=6)

    def _folders_form(self) -> QWidget:
        """Where things lie; each is opened by the system's own program."""
        holder, form = self._form()
        self.folders: dict[str, QPushButton] = {}
        for name, path in self._settings.folders().items():
            shown = label(str(path), "dim")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            may_shrink(shown)
            opener = button(tr("Show"), partial(self._show_folder, path), spoken=tr(
                "Show the folder of {what}", what=name))  # fmt: skip
            self.folders[name] = opener
            form.addRow(name, row(shown, 1, opener))
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
        for card in catalog.cards.values():
            if card.status != "retired":
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
        keep = button(tr("Keep"), partial(self._keep, provider, field), spoken=tr(
            "Keep the key of {name}", name=provider))  # fmt: skip
        forget = button(tr("Forget"), partial(self._forget, provider), spoken=tr(
            "Forget the key of {name}", name=provider))  # fmt: skip
        forget.setEnabled(known)
        name = label(provider)
        name.setFixedWidth(104)
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
