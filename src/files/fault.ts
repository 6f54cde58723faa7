import { Problem } from '../core/problem.ts';

/** What is wrong with what stands in a file's place. `linked`: it has another name as well, so that writing it writes elsewhere. */
export type Fault = 'link' | 'folder' | 'special' | 'large' | 'linked';

/** Something that is not one plain file of bearable size stands where a file belongs. Of kind `state`; it names the place. */
export class FileFault extends Problem {
  readonly fault: Fault;
  readonly file: string;

  constructor(file: string, fault: Fault, what: string) {
    super('state', `${file} is ${what}`, HINTS[fault]);
    this.fault = fault;
    this.file = file;
  }
}

const HINTS: Readonly<Record<Fault, string>> = {
  link: 'State is never kept behind links: put a real file or folder there, then try again.',
  folder: 'Move it away, then resume: the file is made again.',
  special: 'Move it away, then resume: the file is made again.',
  large: 'Move it away or make it smaller, then resume.',
  linked: 'Put a file of its own there, then try again.',
};

export function linkFault(place: string): FileFault {
  return new FileFault(place, 'link', 'a symbolic link, and nothing is read or written by way of one');
}

export function largeFault(file: string, bytes: number, most: number): FileFault {
  return new FileFault(file, 'large', `too large: ${inWords(bytes)}, and at most ${inWords(most)} are read`);
}

function inWords(bytes: number): string {
  return bytes >= 1_000_000 ? `${Math.floor(bytes / 1_000_000)} MB` : `${bytes} bytes`;
}
