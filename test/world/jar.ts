/** The smallest JAR: empty classes, stored, with a ZIP directory that names them. */

const ENTRY = 0x02014b50;
const END = 0x06054b50;

export function jarWith(...classNames: readonly string[]): Buffer {
  const entries = classNames.map((name) => {
    const path = Buffer.from(`${name.replaceAll('.', '/')}.class`);
    const header = Buffer.alloc(46);
    header.writeUInt32LE(ENTRY, 0);
    header.writeUInt16LE(path.length, 28);
    return Buffer.concat([header, path]);
  });
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  return Buffer.concat([directory, end]);
}
