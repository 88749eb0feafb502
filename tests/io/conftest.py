"""EDF and BDF files made byte by byte from the words of the specification; nothing of the package is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

Field = str | bytes
"""What stands in a field of the header, right or wrong."""


@dataclass
class Signal:
    """One signal: the fields of its header, and its bytes in each data record."""

    label: Field
    records: list[bytes]
    samples: Field
    dimension: Field = "uV"
    physical: tuple[Field, Field] = ("-2048", "2047")
    digital: tuple[Field, Field] = ("-2048", "2047")
    transducer: Field = ""
    prefilter: Field = ""


@dataclass
class EdfBuilder:
    """Makes files; every field can be given as text or bytes, so that it can be wrong."""

    folder: Path
    n_files: int = field(default=0)

    def signal(
        self,
        label: Field,
        digital_values: Sequence[Sequence[int]] | np.ndarray,
        sample_bytes: int = 2,
        samples: Field | None = None,
        **fields: Field | tuple[Field, Field],
    ) -> Signal:
        """A signal of whole numbers, one row a data record."""
        rows = [
            b"".join(int(value).to_bytes(sample_bytes, "little", signed=True) for value in row)
            for row in digital_values
        ]
        return Signal(label, rows, str(len(digital_values[0])) if samples is None else samples, **fields)  # type: ignore[arg-type]

    def annotations(self, lists: Sequence[bytes], n_samples: int = 30, sample_bytes: int = 2) -> Signal:
        """A signal of annotations, the bytes of its lists for each data record."""
        label = "EDF Annotations" if sample_bytes == 2 else "BDF Annotations"
        low, high = -(2 ** (8 * sample_bytes - 1)), 2 ** (8 * sample_bytes - 1) - 1
        rows = [row.ljust(n_samples * sample_bytes, b"\0") for row in lists]
        assert all(len(row) == n_samples * sample_bytes for row in rows), "the lists do not fit"
        return Signal(label, rows, str(n_samples), "", ("-1", "1"), (str(low), str(high)))

    def build(
        self,
        signals: Sequence[Signal],
        *,
        version: Field = "0",
        patient: Field = "X X X X",
        recording: Field = "Startdate X X X X",
        date: Field = "02.03.04",
        time: Field = "05.06.07",
        header_bytes: Field | None = None,
        reserved: Field = "",
        n_records: Field | None = None,
        duration: Field = "1",
        n_signals: Field | None = None,
        tail: bytes = b"",
    ) -> bytes:
        """The bytes of a file."""
        count = len(signals)
        fixed = [
            (version, 8),
            (patient, 80),
            (recording, 80),
            (date, 8),
            (time, 8),
            (str(256 * (count + 1)) if header_bytes is None else header_bytes, 8),
            (reserved, 44),
            (str(len(signals[0].records)) if n_records is None else n_records, 8),
            (duration, 8),
            (str(count) if n_signals is None else n_signals, 4),
        ]
        columns = [
            ([signal.label for signal in signals], 16),
            ([signal.transducer for signal in signals], 80),
            ([signal.dimension for signal in signals], 8),
            ([signal.physical[0] for signal in signals], 8),
            ([signal.physical[1] for signal in signals], 8),
            ([signal.digital[0] for signal in signals], 8),
            ([signal.digital[1] for signal in signals], 8),
            ([signal.prefilter for signal in signals], 80),
            ([signal.samples for signal in signals], 8),
            ([b"" for _ in signals], 32),
        ]
        header = [_pad(value, width) for value, width in fixed]
        header += [_pad(value, width) for values, width in columns for value in values]
        records = [signal.records[i] for i in range(len(signals[0].records)) for signal in signals]
        return b"".join([*header, *records, tail])

    def write(self, content: bytes, name: str = "recording.edf") -> Path:
        """Put bytes into a file of their own folder."""
        self.n_files += 1
        path = self.folder / str(self.n_files) / name
        path.parent.mkdir()
        path.write_bytes(content)
        return path

    def file(self, signals: Sequence[Signal], name: str = "recording.edf", **fields: object) -> Path:
        """Build and write."""
        return self.write(self.build(signals, **fields), name)  # type: ignore[arg-type]

    def ramp(self, label: Field = "Fp1", n_records: int = 4, n_samples: int = 100, **fields: object) -> Signal:
        """A signal that counts its samples: 0, 1, 2 … in µV."""
        return self.signal(label, np.arange(n_records * n_samples).reshape(n_records, -1) % 2000, **fields)  # type: ignore[arg-type]


def _pad(value: Field, width: int) -> bytes:
    raw = value if isinstance(value, bytes) else value.encode("latin-1")
    assert len(raw) <= width, f"{value!r} does not fit into {width} bytes"
    return raw.ljust(width)


@pytest.fixture(scope="session")
def edf(tmp_path_factory: pytest.TempPathFactory) -> EdfBuilder:
    """Makes EDF and BDF files."""
    return EdfBuilder(tmp_path_factory.mktemp("edf"))
