// What of an ELF file is needed to run it? Its segments; symbols and sections, a seventh of Node, only help debuggers.

/** Offsets in the header of a 64-bit file. */
const header = {
  segments: 0x20,
  sections: 0x28,
  segmentSize: 0x36,
  segmentCount: 0x38,
  sectionCount: 0x3c,
  names: 0x3e,
};
/** Offsets in the header of a segment. */
const segment = { offset: 0x08, size: 0x20 };
/** 0x7f ELF, 64 bits, little-endian. */
const magic = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);

/** A copy that ends where the last segment ends. The same on every machine, whatever platform the file is for. */
export function withoutSections(file: Buffer): Buffer {
  if (!file.subarray(0, magic.length).equals(magic)) throw new Error('not a 64-bit little-endian ELF file');
  const first = Number(file.readBigUInt64LE(header.segments));
  const step = file.readUInt16LE(header.segmentSize);
  const ends = Array.from({ length: file.readUInt16LE(header.segmentCount) }, (_, index) => {
    const at = first + index * step;
    return Number(file.readBigUInt64LE(at + segment.offset) + file.readBigUInt64LE(at + segment.size));
  });
  const copy = Buffer.from(file.subarray(0, Math.max(...ends)));
  copy.writeBigUInt64LE(0n, header.sections);
  copy.writeUInt16LE(0, header.sectionCount);
  copy.writeUInt16LE(0, header.names);
  return copy;
}
