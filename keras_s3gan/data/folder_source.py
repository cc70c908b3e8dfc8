"""Images in a folder, with one sub-folder per class."""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_s3gan.data.source import Record

if TYPE_CHECKING:
    import PIL.Image

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
UNLABELED_FOLDERS = ("unlabeled", "unlabelled")


class FolderSource:
    """A source over image files.

    Each sub-folder is a class; classes are numbered by sorted name. Images directly in
    the folder, or in a sub-folder `unlabeled`, have no label (-1). Names that begin
    with "." or "__" are ignored. Files are decoded on access: grayscale to one channel,
    all others to RGB, with transparency on white and the orientation of EXIF.

    Args:
        path: str or `Path` of the folder.
        name: str. The name used in messages. Defaults to `folder:PATH`.

    Raises:
        ValueError: if the folder does not exist or has no image, or if a class folder
            has no image or has sub-folders; on access, if a file cannot be read.

    Example:
        >>> source = FolderSource("flowers")  # flowers/rose/1.jpg, flowers/tulip/...
        >>> source.class_names
        ['rose', 'tulip']
    """

    def __init__(self, path: str | Path, name: str | None = None) -> None:
        self.path = Path(path).expanduser()
        self.name = name or f"folder:{path}"
        if not self.path.is_dir():
            raise ValueError(
                f"`path` must be an existing folder. Received: path={str(path)!r}"
            )
        files, folders = _list(self.path)
        entries = [(file, -1) for file in files]
        class_folders: list[Path] = []
        for folder in folders:
            if folder.name.lower() in UNLABELED_FOLDERS:
                label = -1
            else:
                label = len(class_folders)
                class_folders.append(folder)
            entries += [(file, label) for file in _list_class(folder)]
        if not entries:
            raise ValueError(
                f"The folder has no images ({', '.join(IMAGE_SUFFIXES)}), neither "
                f"directly nor in sub-folders. Received: path={str(path)!r}"
            )
        self._files = [file for file, _ in entries]
        self._labels = np.array([label for _, label in entries], dtype=np.int32)
        names = [folder.name for folder in class_folders]
        self.class_names: list[str] | None = names or None
        self.num_classes: int | None = len(class_folders) or None

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> Record:
        return {
            "image": _decode(self._files[index]),
            "label": int(self._labels[index]),
        }

    def labels(self) -> np.ndarray:
        return self._labels.copy()

    def short_sides(self) -> np.ndarray:
        sides = []
        for file in self._files:
            with _opened(file) as image:
                sides.append(min(image.size))
        return np.array(sides)

    def fingerprint(self) -> str:
        """Returns a SHA-256 of names, sizes and modification times, not of content."""
        digest = hashlib.sha256()
        for file in self._files:
            stat = file.stat()
            relative = file.relative_to(self.path).as_posix()
            digest.update(f"{relative}\0{stat.st_size} {stat.st_mtime_ns}\n".encode())
        return digest.hexdigest()


def _list(folder: Path) -> tuple[list[Path], list[Path]]:
    """Returns image files and sub-folders, sorted by name."""
    entries = sorted(
        (entry for entry in folder.iterdir() if not entry.name.startswith((".", "__"))),
        key=lambda entry: entry.name,
    )
    files = [entry for entry in entries if entry.suffix.lower() in IMAGE_SUFFIXES]
    return files, [entry for entry in entries if entry.is_dir()]


def _list_class(folder: Path) -> list[Path]:
    files, folders = _list(folder)
    # With a wrong path, "train" and "val" would become two classes.
    if folders:
        raise ValueError(
            "A class folder must have images, not folders. Pass the folder whose "
            f"sub-folders are the classes. Received: {folder.name}/{folders[0].name} "
            f"in path={str(folder.parent)!r}"
        )
    if not files:
        raise ValueError(
            f"A class folder must have images ({', '.join(IMAGE_SUFFIXES)}). Add some, "
            f"or remove it. Received: path={str(folder)!r}"
        )
    return files


@contextlib.contextmanager
def _opened(file: Path) -> Iterator["PIL.Image.Image"]:
    """Opens an image file; errors name the file."""
    from PIL import Image

    try:
        with Image.open(file) as image:
            yield image
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"An image file must be readable. Received: file={str(file)!r} ({error})"
        ) from error


def _decode(file: Path) -> np.ndarray:
    """Decodes a file to uint8 `[H, W, 1]` or `[H, W, 3]`."""
    from PIL import Image, ImageOps

    with _opened(file) as opened:
        image = ImageOps.exif_transpose(opened)
        if image.mode.startswith("I;16"):
            # Pillow would clip 16-bit values at 255 instead of scaling them.
            return (np.asarray(image) >> 8).astype(np.uint8)[..., np.newaxis]
        if image.mode in ("I", "F"):
            raise ValueError(f"not an 8-bit or 16-bit image: mode {image.mode}")
        grayscale = image.mode in ("1", "L", "LA")
        if image.has_transparency_data:
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        pixels = np.asarray(image.convert("L" if grayscale else "RGB"))
    return pixels[..., np.newaxis] if grayscale else pixels
