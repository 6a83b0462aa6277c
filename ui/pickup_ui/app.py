"""The application: what `pickup panel` starts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pickup.home import home
from pickup_ui import strings, theme
from pickup_ui.panel import Panel
from pickup_ui.qt import QApplication, QLibraryInfo, QLocale, QTimer, QTranslator

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.hosts.base import Host

_SWITCH_SECONDS = 0.0002
_SETTLE_MS = 400
_TRANSLATIONS = QLibraryInfo.LibraryPath.TranslationsPath


def run(
    cut: Path | None = None, *, host: Host | None = None, screenshot: Path | None = None
) -> int:
    """Show the panel until it is closed; the exit status.

    Args:
        host: opened instead of a file, by the host programs' own launchers.
        screenshot: write a picture of the panel as soon as it stands still, and end.
    """
    app = application()
    panel = Panel()
    panel.show()
    # Once the window is there: reading catalogs and hosts must not delay it.
    QTimer.singleShot(0, panel.start)
    if host is not None:
        QTimer.singleShot(0, lambda: panel.session.open(host))
    elif cut is not None:
        QTimer.singleShot(0, lambda: panel.open(cut))
    if screenshot is not None:
        shoot_when_still(panel, screenshot)
    status = app.exec()
    if not panel.tasks.closed:
        panel.close()  # It was ended from elsewhere: what is unsaved and runs needs an end as well.
    return status


def application() -> QApplication:
    """The process's Qt application, dressed."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Pickup")
    speak_as_system(app)
    # Work goes on in threads: let the one that draws have its turn soon.
    sys.setswitchinterval(_SWITCH_SECONDS)
    theme.follow_system(app)
    return app


def speak_as_system(app: QApplication) -> None:
    """Show the panel's texts, Qt's own and the direction of writing as the system wants them."""
    spoken = strings.speak(QLocale.system().uiLanguages(), [home() / "locale"])
    if not spoken:
        return
    locale = QLocale(spoken)
    app.setLayoutDirection(locale.textDirection())
    ours = QTranslator(app)
    if ours.load(locale, "qtbase", "_", QLibraryInfo.path(_TRANSLATIONS)):
        app.installTranslator(ours)


def shoot_when_still(panel: Panel, file: Path) -> None:
    """Write a picture of the panel when nothing has been going on for a moment, and close it."""
    quiet = QTimer(panel, singleShot=True, interval=_SETTLE_MS)

    def idle(still: bool) -> None:
        if still:
            quiet.start()
        else:
            quiet.stop()

    def shoot() -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        done = panel.grab().save(str(file), "PNG")
        panel.close()
        QApplication.exit(0 if done else 1)

    panel.tasks.idle_changed.connect(idle)
    quiet.timeout.connect(shoot)
    quiet.start()
