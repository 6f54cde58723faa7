// Writes .tar.gz archives whose bytes depend on their content alone. Plain Node without dependencies.
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** `files` are `{ name, mode, content }` (a Buffer) in the archive's order; `epoch` is their time in seconds. */
export function tarGz(files, epoch) {
  const parts = files.flatMap(({ name, mode, content }) => [
    header({ name, mode, size: content.length, epoch }),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]), { level: 9 });
}

/** A header of POSIX ustar. */
function header({ name, mode, size, epoch }) {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long for an archive`);
  const octal = (value, at, length) => block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(name, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8); // user
  octal(0, 116, 8); // group
  octal(size, 124, 12);
  octal(epoch, 136, 12);
  block.fill(' ', 148, 156);
  block.write('0', 156, 'latin1'); // a regular file
  block.write('ustar\0', 257, 'latin1');
  block.write('00', 263, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
