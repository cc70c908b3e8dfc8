"""Images in a folder, with one sub-folder per class."""

import collections
import functools
import hashlib
import os
from pathlib import Path

import numpy as np

from keras_s3gan.data.file_facts import FileFacts, file_facts
from keras_s3gan.data.image_files import (
    FORMATS,
    bit_depth,
    decode,
    is_16_bit,
    opened,
    readable_formats,
)
from keras_s3gan.data.source import Record

UNLABELED_FOLDERS = ("unlabeled", "unlabelled")


class FolderSource:
    """A source over image files.

    Each sub-folder is a class; classes are numbered by sorted name. Images directly in
    the folder, or in a sub-folder `unlabeled`, have no label (-1). Names that begin
    with "." or "__" are passed over, and so is what is no regular file with the name of
    an image (`passed_over` counts them).

    Files are decoded on access: grayscale to one channel, all others to RGB, with
    transparency on white and the orientation of EXIF, of animated files the first
    frame. Grayscale values of 16 bits become 8 by the highest bit that the folder's
    images use, so that 12-bit images in 16-bit files are not black.

    Args:
        path: str or `Path` of the folder.
        name: str. The name used in messages. Defaults to `folder:PATH`.

    Raises:
        ValueError: if the folder does not exist or has no image, or if a class folder
            has no image or has sub-folders; on access, if a file cannot be read or is
            too large.

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
        self._passed_over: collections.Counter[str] = collections.Counter()
        files, folders = self._list(self.path)
        entries = [(file, -1) for file in files]
        class_folders: list[Path] = []
        for folder in folders:
            if folder.name.lower() in UNLABELED_FOLDERS:
                label = -1
            else:
                label = len(class_folders)
                class_folders.append(folder)
            entries += [(file, label) for file in self._list_class(folder)]
        if not entries:
            raise ValueError(
                "The folder has no images, neither directly nor in sub-folders: "
                f"{self._found()}. Received: path={str(path)!r}"
            )
        self._files = [file for file, _ in entries]
        self._labels = np.array([label for _, label in entries], dtype=np.int32)
        names = [folder.name for folder in class_folders]
        self.class_names: list[str] | None = names or None
        self.num_classes: int | None = len(class_folders) or None

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> Record:
        file = self._files[index]
        with opened(file, f"file={str(file)!r}") as image:
            # Only these need the facts about all files.
            depth = self._depth if is_16_bit(image) else 8
            pixels = decode(image, depth)
        return {"image": pixels, "label": int(self._labels[index])}

    def labels(self) -> np.ndarray:
        return self._labels.copy()

    def short_sides(self) -> np.ndarray:
        return self._facts.short_sides.copy()

    def fingerprint(self) -> str:
        """Returns a SHA-256 of the bytes and the label of each file, in their order.

        It is the same wherever the folder is, and whenever its files were written. The
        files are read once; the cache directory keeps what they are.
        """
        digest = hashlib.sha256(f"{self.num_classes}".encode())
        digest.update(self._labels.astype("<i4").data)
        digest.update(self._facts.digests.data)
        return digest.hexdigest()

    def former_fingerprint(self) -> str | None:
        """Returns the fingerprint of version 0.1.0, of names, sizes and times.

        `None` if that version decoded these images in another way.
        """
        if self._depth != 16:
            return None
        digest = hashlib.sha256()
        for file in self._files:
            stat = file.stat()
            relative = file.relative_to(self.path).as_posix()
            digest.update(f"{relative}\0{stat.st_size} {stat.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    def passed_over(self) -> dict[str, int]:
        """Returns how many files are not read, or in part only, by the reason."""
        counts = dict(sorted(self._passed_over.items()))
        if animated := int(self._facts.animated.sum()):
            counts["with further frames"] = animated
        if self._depth < 16:
            used = int((self._facts.bits > 0).sum())
            counts[f"of 16 bits (read as {self._depth}-bit images)"] = used
        return counts

    @functools.cached_property
    def _facts(self) -> FileFacts:
        return file_facts(self.path, self._files)

    @property
    def _depth(self) -> int:
        return bit_depth(self._facts.bits)

    def _list(self, folder: Path) -> tuple[list[Path], list[Path]]:
        """Returns image files and sub-folders, sorted by name."""
        files, folders = [], []
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                suffix = os.path.splitext(entry.name)[1].lower()
                if entry.name.startswith((".", "__")):
                    self._passed_over["hidden"] += 1
                elif entry.is_dir():
                    folders.append(folder / entry.name)
                elif suffix not in FORMATS:
                    self._passed_over[suffix or "without an ending"] += 1
                elif not entry.is_file():
                    self._passed_over["pipes, devices or broken links"] += 1
                elif FORMATS[suffix] not in readable_formats():
                    reason = f"{suffix} (the installed Pillow cannot decode it)"
                    self._passed_over[reason] += 1
                else:
                    files.append(folder / entry.name)
        return files, folders

    def _list_class(self, folder: Path) -> list[Path]:
        files, folders = self._list(folder)
        # With a wrong path, "train" and "val" would become two classes.
        if folders:
            raise ValueError(
                "A class folder must have images, not folders. Pass the folder whose "
                f"sub-folders are the classes. Received: {folder.name}/"
                f"{folders[0].name} in path={str(folder.parent)!r}"
            )
        if not files:
            raise ValueError(
                f"A class folder must have images: {self._found()}. Add some, or "
                f"remove it. Received: path={str(folder)!r}"
            )
        return files

    def _found(self) -> str:
        """What images are, and what there is instead, for an error."""
        found = ", ".join(f"{n:,} {reason}" for reason, n in self._passed_over.items())
        return f"they end in {', '.join(FORMATS)}; passed over: {found or 'nothing'}"
