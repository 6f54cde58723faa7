import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { Problem } from '../core/problem.ts';
import type { RawOptions } from './options.ts';

/** The text of the request as it was given, untrimmed; null when none was. Throws a Problem (usage) for a blank or unreadable one. */
export async function readIntent({
  intent,
  intentFile,
}: Pick<RawOptions, 'intent' | 'intentFile'>): Promise<string | null> {
  if (intentFile !== undefined) return requestIn(readIntentFile(intentFile), `--intent-file ${intentFile}`);
  if (intent === undefined) return null;
  return intent === '-' ? requestIn(await readStandardInput(), 'standard input') : argumentIn(intent);
}

function readIntentFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable(`--intent-file ${file}`, error);
  }
}

async function readStandardInput(): Promise<Buffer> {
  try {
    return await readAll(process.stdin);
  } catch (error) {
    throw unreadable('standard input', error); // A folder, for one.
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

function unreadable(source: string, error: unknown): Problem {
  // Of "ENOENT: no such file or directory, open 'x'" a user needs the middle.
  const [, reason] = /^[A-Z]+: ([^,]+)/.exec((error as Error).message) ?? [];
  return new Problem('usage', `${source} cannot be read: ${reason ?? String(error)}`);
}

/** A request in another encoding would be paid for as garbage. */
function requestIn(bytes: Buffer, source: string): string {
  if (!isUtf8(bytes) || bytes.includes(0))
    throw new Problem('usage', `${source} is not UTF-8 text: save the request in that encoding`);
  return notBlank(bytes.toString('utf8'), source);
}

/** Bytes of an argument that are not UTF-8 arrive as replacement characters, and what they were is gone. */
function argumentIn(text: string): string {
  if (text.includes('\ufffd')) {
    throw new Problem(
      'usage',
      '--intent is not UTF-8 text: give the request in that encoding, or in a file with --intent-file',
    );
  }
  return notBlank(text, '--intent');
}

function notBlank(text: string, source: string): string {
  if (text.trim() === '') throw new Problem('usage', `${source} holds no request: it is blank`);
  return text;
}
