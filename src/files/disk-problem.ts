import { Problem } from '../core/problem.ts';
import { STATE_FOLDER } from '../core/state-folder.ts';

/** Whether `error` is one that the operating system raised, with its code. */
export function isErrno(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}

/** Whether `error` says that the file or one of its folders is not there. */
export function isMissing(error: unknown): boolean {
  return isErrno(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** The same of a Problem that was made of such an error. */
export function meansMissing(error: unknown): boolean {
  return isMissing(error instanceof Problem ? error.cause : error);
}

/** Whether `error` says that nothing is to be reached by that name: it is not there, or a link to itself is in the way. */
export function leadsNowhere(error: unknown): boolean {
  return isMissing(error) || (isErrno(error) && error.code === 'ELOOP');
}

/**
 * An operating system's error as a Problem of kind `state` that names the file; the original is its `cause`.
 * Anything else is returned as it is: it is a bug, or already a Problem.
 */
export function diskProblem(error: unknown, file: string, doing: 'read' | 'written'): unknown {
  if (!isErrno(error)) return error;
  const { message, hint } = words(error, file, doing);
  const problem = new Problem('state', message, hint);
  problem.cause = error;
  return problem;
}

function words(error: NodeJS.ErrnoException & { code: string }, file: string, doing: string) {
  switch (error.code) {
    case 'ENOSPC':
      return {
        message: `disk full at ${file}`,
        hint: 'Free some space, then go on: nothing that was recorded is lost.',
      };
    case 'EDQUOT':
      return { message: `disk quota exceeded at ${file}`, hint: 'Free some of your quota, then go on.' };
    case 'EROFS':
      return {
        message: `${file} cannot be written: the file system is read-only`,
        hint: 'Mount it writable, then go on.',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        message: `${file} cannot be ${doing}: permission denied`,
        hint: `Give your user access to the folder ${STATE_FOLDER} and all below it.`,
      };
    case 'ELOOP':
      return {
        message: `${file} is a symbolic link`,
        hint: 'State is never kept behind links: put a real file there.',
      };
    case 'EISDIR':
      return {
        message: `${file} is a folder where a file belongs`,
        hint: 'Move it away, then resume: the file is made again.',
      };
    case 'ENOTDIR':
    case 'EEXIST':
      return {
        message: `${file} cannot be ${doing}: a file stands where a folder above it belongs`,
        hint: 'Move that file away, then try again.',
      };
    case 'EFAULT': // Bun's word for whatever it does not know of a removal.
      return { message: `${file} cannot be ${doing}: the disk fails or is full`, hint: null };
    default:
      return { message: `${file} cannot be ${doing} (${error.code})`, hint: null };
  }
}
