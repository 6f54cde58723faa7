/** A file's bytes as text in which ASCII can be looked for, and the bytes of such a text again. */
export interface ByteText {
  readonly text: string;
  readonly bytesOf: (text: string) => Buffer;
}

/**
 * UTF-16, as a shell on Windows redirects output, is known by its byte order mark. In every other encoding ASCII stands for itself: a
 * letter for each byte keeps whatever else there is.
 */
export function byteText(bytes: Buffer): ByteText {
  const encoding = encodingOf(bytes);
  if (encoding === 'latin1') return { text: bytes.toString('latin1'), bytesOf: (text) => Buffer.from(text, 'latin1') };
  const turned = encoding === 'utf16be' ? (one: Buffer) => Buffer.from(one).swap16() : (one: Buffer) => one;
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const rest = bytes.subarray(whole.length);
  return {
    text: turned(whole).toString('utf16le'),
    bytesOf: (text) => Buffer.concat([turned(Buffer.from(text, 'utf16le')), rest]),
  };
}

function encodingOf(bytes: Buffer): 'latin1' | 'utf16le' | 'utf16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf16be' : 'latin1';
}
