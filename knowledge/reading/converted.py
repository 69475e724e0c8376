"""Files that only office programs read (.doc, .wps, .xls, .pdf …) → .docx or .xlsx, through LibreOffice."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from knowledge.errors import RegisterError
from knowledge.reading.kinds import Kind

# LibreOffice takes some seconds to start; a register of a few hundred powers converts in one more.
PATIENCE_S = 60.0

_PROGRAMS = ("soffice", "libreoffice")
_TARGETS = {
    Kind.OLD_WORD: ("doc", "docx"),
    Kind.RTF: ("rtf", "docx"),
    Kind.OPEN_TEXT: ("odt", "docx"),
    Kind.PDF: ("pdf", "docx"),
    Kind.OLD_EXCEL: ("xls", "xlsx"),
    Kind.OPEN_SHEET: ("ods", "xlsx"),
}
# No macro runs, nothing that a document links to is fetched.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableActiveContent"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks"><value>true</value></prop></item>
</oor:items>
"""


def is_foreign(kind: Kind) -> bool:
    """Whether files of ``kind`` are read through LibreOffice."""
    return kind in _TARGETS


def not_converted(kind: Kind, name: str) -> RegisterError:
    """Return the error for a file of ``kind`` where nothing can convert it."""
    target = _TARGETS[kind][1]
    return RegisterError(f"{name} 是{kind}，在这里读不了，请用 Word 或 WPS 打开，另存为 .{target} 再用。")


def converted(data: bytes, kind: Kind, name: str) -> bytes:
    """Return ``data``, the content of the file ``name``, as .docx or .xlsx.

    Raises:
        RegisterError: LibreOffice is not installed, can't read the file or takes too long.
    """
    program = next((found for each in _PROGRAMS if (found := shutil.which(each))), None)
    suffix, target = _TARGETS[kind]
    if program is None:
        raise RegisterError(
            f"{name} 是{kind}，这台机器上没有 LibreOffice，读不了，请用 Word 或 WPS 打开，另存为 .{target} 再读。"
        )
    with tempfile.TemporaryDirectory(prefix="lianzheng-") as folder:
        source, out, profile = Path(folder, f"register.{suffix}"), Path(folder, "out"), Path(folder, "profile")
        source.write_bytes(data)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
        command += ["--infilter=writer_pdf_import"] if kind is Kind.PDF else []
        command += ["--convert-to", target, "--outdir", str(out), str(source)]
        if not _ran(command):
            raise RegisterError(f"{name} 转换了 {PATIENCE_S:.0f} 秒还没转完，请用 Word 或 WPS 另存为 .{target} 再读。")
        made = out / f"register.{target}"
        if not made.is_file():
            raise RegisterError(f"{name} 转换不了，请用 Word 或 WPS 打开，另存为 .{target} 再读。")
        return made.read_bytes()


def _ran(command: list[str]) -> bool:
    """Run ``command`` in a session of its own; at the end of patience end all of it and return ``False``."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - the program is LibreOffice, found on the user's path, its arguments are ours
        command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)  # it starts processes of its own
            process.kill()
            return False
    return True
