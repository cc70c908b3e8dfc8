"""Images in a folder: a sub-folder a class, unlabelled images beside them."""

import contextlib
import hashlib
from pathlib import Path

import numpy as np

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
UNLABELED_FOLDERS = ("unlabeled", "unlabelled")


class FolderSource:
    """A source over image files.

    Each sub-folder is a class, in the order of the sorted names. Images directly in
    the folder, or in a sub-folder `unlabeled`, have no label (-1). Names that begin
    with "." or "__" are passed over. Files are decoded when asked for: grayscale to
    one channel, all else to RGB, transparency over white, turned as EXIF says.

    Args:
        path: str or path of the folder.
        name: str. How messages call this source. Defaults to `folder:PATH`.

    Raises:
        ValueError: if the folder does not exist or holds no image, if a class folder
            holds none or holds folders, and, when an image is asked for, if its file
            cannot be read.
    """

    def __init__(self, path, name=None):
        self.path = Path(path).expanduser()
        self.name = name or f"folder:{path}"
        if not self.path.is_dir():
            raise ValueError(
                f"The path of an image folder must exist. Received: path={str(path)!r}"
            )
        files, folders = _list(self.path)
        entries = [(file, -1) for file in files]
        class_folders = []
        for folder in folders:
            if folder.name.lower() in UNLABELED_FOLDERS:
                label = -1
            else:
                label = len(class_folders)
                class_folders.append(folder)
            entries += [(file, label) for file in _list_class(folder)]
        if not entries:
            raise ValueError(
                f"The folder holds no images ({', '.join(IMAGE_SUFFIXES)}), neither "
                f"directly nor in class sub-folders. Received: path={str(path)!r}"
            )
        self._files = [file for file, _ in entries]
        self._labels = np.array([label for _, label in entries], dtype=np.int32)
        self.class_names = [folder.name for folder in class_folders] or None
        self.num_classes = len(class_folders) or None

    def __len__(self):
        return len(self._files)

    def __getitem__(self, index):
        return {
            "image": _decode(self._files[index]),
            "label": int(self._labels[index]),
        }

    def labels(self):
        return self._labels.copy()

    def short_sides(self):
        sides = []
        for file in self._files:
            with _opened(file) as image:
                sides.append(min(image.size))
        return np.array(sides)

    def fingerprint(self):
        """SHA-256 of the files' names, sizes and times of change, not their content."""
        digest = hashlib.sha256()
        for file in self._files:
            stat = file.stat()
            relative = file.relative_to(self.path).as_posix()
            digest.update(f"{relative}\0{stat.st_size} {stat.st_mtime_ns}\n".encode())
        return digest.hexdigest()


def _list(folder):
    """Image files and sub-folders, sorted by name."""
    entries = sorted(
        (entry for entry in folder.iterdir() if not entry.name.startswith((".", "__"))),
        key=lambda entry: entry.name,
    )
    files = [entry for entry in entries if entry.suffix.lower() in IMAGE_SUFFIXES]
    return files, [entry for entry in entries if entry.is_dir()]


def _list_class(folder):
    files, folders = _list(folder)
    # Reading on would make "train" and "val" two classes of a wrong path.
    if folders:
        raise ValueError(
            "A class folder must hold images, not folders; give the folder whose "
            f"sub-folders are the classes. Received: {folder.name}/{folders[0].name} "
            f"in path={str(folder.parent)!r}"
        )
    if not files:
        raise ValueError(
            f"A class folder must hold images ({', '.join(IMAGE_SUFFIXES)}); fill it "
            f"or remove it. Received: path={str(folder)!r}"
        )
    return files


@contextlib.contextmanager
def _opened(file):
    """The image of a file; what goes wrong with it names the file."""
    from PIL import Image

    try:
        with Image.open(file) as image:
            yield image
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"An image file must be readable. Received: file={str(file)!r} ({error})"
        ) from error


def _decode(file):
    """Decodes to uint8 `[H, W, 1]` or `[H, W, 3]`."""
    from PIL import Image, ImageOps

    with _opened(file) as image:
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I;16"):
            # Pillow would clip 16 bits at 255 instead of scaling them.
            return (np.asarray(image) >> 8).astype(np.uint8)[..., np.newaxis]
        if image.mode in ("I", "F"):
            raise ValueError(f"no 8-bit or 16-bit image: mode {image.mode}")
        grayscale = image.mode in ("1", "L", "LA")
        if image.has_transparency_data:
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        pixels = np.asarray(image.convert("L" if grayscale else "RGB"))
    return pixels[..., np.newaxis] if grayscale else pixels
