"""The files in a package: an archive, a crate, a wheel, a jar or a Debian package."""

import io
import subprocess
import tarfile
import tempfile
import zipfile


def contents(name, data):
    """Paths that begin with the name, and bytes; of packages in packages too."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for each in archive.namelist():
                yield from contents(f"{name}/{each}", archive.read(each))
    elif data.startswith(b"!<arch>\ndebian-binary"):
        with tempfile.NamedTemporaryFile() as package:
            package.write(data)
            package.flush()
            yield from contents(name, subprocess.run(["dpkg-deb", "--fsys-tarfile", package.name], check=True, capture_output=True).stdout)
    elif data.startswith(b"\x1f\x8b") or data[257:262] == b"ustar":
        try:
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                for each in archive.getmembers():
                    if each.isfile():
                        yield from contents(f"{name}/{each.name}", archive.extractfile(each).read())
        except tarfile.ReadError:
            # Something else that is compressed, such as a manual page.
            yield name, data
    else:
        yield name, data
