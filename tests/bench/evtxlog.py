"""Writes events as a Windows event log (EVTX), as Windows would have recorded them: in each chunk of 64 KiB a template for each kind of event, and
of each record the values alone. By https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-even6/c73573ae-1c90-43a2-a65f-ad7501155956 (BinXml) and
https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc (chunks and records).
"""
import datetime
import hashlib
import struct
import zlib

CHUNK, CHUNK_HEADER = 65536, 512
STRING, UINT8, UINT16, UINT32, UINT64, FILETIME, HEX64 = 0x01, 0x04, 0x06, 0x08, 0x0A, 0x11, 0x15
MORE = 0x40

# The fields of System: element, attribute or None, type, and the event's own names for it, of which the first that it has counts.
SYSTEM = [
    ("Provider", "Name", STRING, ("SourceName",)), ("Provider", "Guid", STRING, ("ProviderGuid",)), ("EventID", None, UINT16, ("EventID",)), ("Version", None, UINT8, ("Version",)),
    ("Level", None, UINT8, ("Level",)), ("Task", None, UINT16, ("Task",)), ("Opcode", None, UINT8, ("OpcodeValue",)), ("Keywords", None, HEX64, ("Keywords",)),
    ("TimeCreated", "SystemTime", FILETIME, ("@timestamp", "TimeCreated")), ("EventRecordID", None, UINT64, ("RecordNumber",)),
    ("Execution", "ProcessID", UINT32, ("ExecutionProcessID",)), ("Execution", "ThreadID", UINT32, ("ThreadID",)), ("Channel", None, STRING, ("Channel",)),
    ("Computer", None, STRING, ("Hostname", "host")),
]
NUMBERS = {UINT8: "<B", UINT16: "<H", UINT32: "<I", UINT64: "<Q", HEX64: "<Q", FILETIME: "<Q"}
# What collectors add to an event, and the log does not have.
ADDED = {name for *_, names in SYSTEM for name in names} | {"EventTime", "EventReceivedTime", "SeverityValue", "Severity", "EventType", "Opcode", "Category", "Message", "@version", "port", "tags",
                                                           "SourceModuleName", "SourceModuleType", "AccountType", "AccountName", "Domain", "UserID"}


def write(path, events):
    """Writes a log of events, which are flat objects. An event that fits no chunk is left out. Gives how many there are."""
    count, chunks, written = 0, 0, 0
    with open(path, "wb") as f:
        f.write(bytes(4096))
        chunk = Chunk(1)
        for event in events:
            if not chunk.add(event):
                f.write(chunk.finish())
                chunks, written = chunks + 1, written + chunk.records
                chunk = Chunk(written + 1)
                if not chunk.add(event):
                    continue
            count += 1
        f.write(chunk.finish())
        chunks += 1
        header = bytearray(128)
        struct.pack_into("<8sQQQIHHHH", header, 0, b"ElfFile\x00", 0, chunks - 1, count + 1, 128, 1, 3, 4096, chunks & 0xFFFF)
        struct.pack_into("<I", header, 124, zlib.crc32(header[:120]))
        f.seek(0)
        f.write(header)
    return count


class Chunk:
    """Is one chunk that is being written."""

    def __init__(self, first):
        self.data = bytearray(CHUNK_HEADER)
        self.first, self.records, self.last = first, 0, 0
        self.names, self.templates = {}, {}

    def add(self, event):
        """Appends an event. Gives False, and changes nothing, if it has no room."""
        own = [name for name, value in event.items() if name not in ADDED and value is not None]
        before, names = len(self.data), dict(self.names)
        place = self.templates.get(tuple(own))
        number = self.first + self.records
        self.data += struct.pack("<4sIQQ", b"\x2a\x2a\x00\x00", 0, number, filetime(event)) + b"\x0f\x01\x01\x00\x0c\x01"
        here = len(self.data) + 8
        guid = hashlib.md5("\n".join(own).encode(), usedforsecurity=False).digest()  # a template has the same in each chunk
        self.data += guid[:4] + struct.pack("<I", place or here)
        if place is None:
            self.define(here, guid, own)
        values = [encoded(kind, next((event[n] for n in fields if event.get(n) is not None), None), event) for _, _, kind, fields in SYSTEM]
        values += [(STRING, text(event[name])) for name in own]
        self.data += struct.pack("<I", len(values)) + b"".join(struct.pack("<HBB", min(len(v), 0xFFFF), kind, 0) for kind, v in values)
        self.data += b"".join(v for _, v in values) + b"\x00"
        size = len(self.data) - before + 4
        self.data += struct.pack("<I", size)
        if len(self.data) > CHUNK or any(len(v) > 0xFFFF for _, v in values):
            del self.data[before:]
            self.names = names
            return False
        struct.pack_into("<I", self.data, before + 4, size)
        self.templates.setdefault(tuple(own), here)
        self.records, self.last = self.records + 1, before
        return True

    def define(self, place, guid, own):
        """Writes a template: System, whose fields come first, and a Data for each of the event's own."""
        self.data += struct.pack("<I16sI", 0, guid, 0) + b"\x0f\x01\x01\x00"
        event = self.begin("Event")
        self.data += b"\x02"
        system = self.begin("System")
        self.data += b"\x02"
        at = 0
        while at < len(SYSTEM):
            name = SYSTEM[at][0]
            fields = [(i, f) for i, f in enumerate(SYSTEM) if f[0] == name]
            attributes = [(f[1], i, f[2]) for i, f in fields if f[1]]
            element = self.begin(name, bool(attributes))
            self.attributes([(attribute, lambda i=i, kind=kind: self.value(i, kind)) for attribute, i, kind in attributes])
            if attributes:
                self.data += b"\x03"
            else:
                self.data += b"\x02"
                self.value(at, SYSTEM[at][2])
                self.data += b"\x04"
            self.patch(element)
            at += len(fields)
        self.data += b"\x04"
        self.patch(system)
        data = self.begin("EventData")
        self.data += b"\x02"
        for i, name in enumerate(own):
            element = self.begin("Data", True)
            self.attributes([("Name", lambda name=name: self.literal(name))])
            self.data += b"\x02"
            self.value(len(SYSTEM) + i, STRING)
            self.data += b"\x04"
            self.patch(element)
        self.data += b"\x04"
        self.patch(data)
        self.data += b"\x04"
        self.patch(event)
        self.data += b"\x00"
        self.patch(place + 20)

    def begin(self, name, attributes=False):
        """Begins an element and gives the place of its size."""
        self.data += struct.pack("<BH", 0x01 | (MORE if attributes else 0), 0xFFFF)
        place = len(self.data)
        self.data += bytes(4)
        self.name(name)
        return place

    def attributes(self, attributes):
        """Writes attributes: name, and what writes the value."""
        if not attributes:
            return
        place = len(self.data)
        self.data += bytes(4)
        for i, (name, value) in enumerate(attributes):
            self.data.append(0x06 | (MORE if i + 1 < len(attributes) else 0))
            self.name(name)
            value()
        self.patch(place)

    def value(self, number, kind):
        self.data += struct.pack("<BHB", 0x0E, number, kind)

    def literal(self, value):
        units = text(value)
        self.data += struct.pack("<BBH", 0x05, STRING, len(units) // 2) + units

    def name(self, name):
        """Refers to a name, and writes it where it is the first."""
        if name in self.names:
            self.data += struct.pack("<I", self.names[name])
            return
        place = self.names[name] = len(self.data) + 4
        units, hashed = text(name), 0
        for (unit,) in struct.iter_unpack("<H", units):
            hashed = (hashed * 65599 + unit) & 0xFFFFFFFF
        self.data += struct.pack("<IIHH", place, 0, hashed & 0xFFFF, len(units) // 2) + units + b"\x00\x00"

    def patch(self, place):
        """Writes how many bytes follow a size."""
        struct.pack_into("<I", self.data, place, len(self.data) - place - 4)

    def finish(self):
        """Gives the whole chunk."""
        free, last = len(self.data), self.first + self.records - 1
        self.data += bytes(CHUNK - free)
        struct.pack_into("<8sQQQQIIII", self.data, 0, b"ElfChnk\x00", self.first, last, self.first, last, 128, self.last, free, zlib.crc32(self.data[CHUNK_HEADER:free]))
        struct.pack_into("<I", self.data, 124, zlib.crc32(self.data[128:CHUNK_HEADER], zlib.crc32(self.data[:120])))
        return self.data


def text(value):
    if isinstance(value, bool):
        value = str(value).lower()
    return str(value).encode("utf-16-le", "surrogatepass")


def encoded(kind, value, event):
    """Gives the type and the bytes of a value of System. What is missing, or no number, has no value."""
    if kind == STRING and value is not None:
        return kind, text(value)
    if kind == FILETIME:
        return kind, struct.pack("<Q", filetime(event))
    try:
        number = int(str(value), 0)
        return kind, struct.pack(NUMBERS[kind], number & ((1 << (8 * struct.calcsize(NUMBERS[kind]))) - 1))
    except ValueError:
        return 0, b""


def filetime(event):
    """Gives the time of an event in tenths of a microsecond since 1601."""
    try:
        at = datetime.datetime.fromisoformat(str(event.get("@timestamp") or event.get("TimeCreated")).replace("Z", "+00:00"))
    except ValueError:
        return 0
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.timezone.utc)
    return (at - datetime.datetime(1601, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1) * 10
