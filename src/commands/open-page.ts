import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, writeSync } from 'node:fs';
import path from 'node:path';
import { openChecked } from '../files/door.ts';
import { remove } from '../files/folders.ts';
import { openMachineFolder } from '../files/machine-folder.ts';

/**
 * Shows an address in the user's browser. It ends in a secret, and every user of the machine can read a program's arguments: the browser
 * gets a file that nobody else may read, which leads there. Never rejects: `warn` is told what went wrong, also later. Returns what
 * removes the file.
 */
export function openPage(workspace: string, url: string, warn: (text: string) => void): () => void {
  const folder = openMachineFolder(workspace);
  if (folder === null) {
    warn('--open: there is no folder for the file that leads a browser to the page; open the address by hand');
    return () => undefined;
  }
  const file = path.join(folder, `page-${randomBytes(8).toString('hex')}.html`);
  const descriptor = openChecked(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  const address = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  writeSync(
    descriptor,
    `<!doctype html><title>Autoloop</title><meta http-equiv="refresh" content="0;url=${address}">\n`,
  );
  closeSync(descriptor);
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const opener = spawn(program, [file], { stdio: 'ignore', detached: true });
  opener.unref();
  const failed = (what: string) => warn(`--open: ${program} ${what}; open the address by hand`);
  opener.once('error', ({ code }: NodeJS.ErrnoException) =>
    failed(code === 'ENOENT' ? 'is not installed' : `cannot be started (${code ?? ''})`),
  );
  opener.once('exit', (code) => {
    if (code !== 0) failed(`ended with ${code ?? 'a signal'}`);
  });
  return () => remove(file);
}
