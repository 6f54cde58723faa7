import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openGit } from '../../../src/git/repository.ts';
import type { Git } from '../../../src/git/git.ts';
import { look } from '../../../src/git/look.ts';
import { commitOf } from '../../../src/git/put-back.ts';
import { createRunner, type GitRunner } from '../../../src/git/runner.ts';
import { undoFacts } from '../../../src/history/undo-facts.ts';
import { planUndo } from '../../../src/history/undo-plan.ts';
import { finishUndo, keepAll, performUndo, undoFile, type UndoIntent } from '../../../src/history/undo.ts';
import { cleanUp, Playground } from '../git/playground.ts';

cleanUp();

/** `npm run test:undo` tries 500; npm test only the first few. */
const TREES = Number(process.env['UNDO_TREES'] ?? 4);

const NAMES = ['a', 'b', 'src/a', 'src/b', 'src/deep/a', '\xc3\xbc \n/a', '\xc3\xbc \n/b'];
const PLACES = [...NAMES, 'src', 'new', 'new/x', 'src/deep'];
const edit = fc.record({ place: fc.constantFrom(...PLACES), removes: fc.boolean() });
const PLAIN = ['stage', 'dirty', 'both', 'untracked', 'rm', 'rmcached', 'ignored'] as const;
const ODD = ['intent', 'link', 'exec', 'nested', 'assume', 'skip', 'overlooked', 'sparse'] as const;
const USERS = [...PLAIN, ...ODD] as const;
const story = fc.record({
  base: fc.subarray(NAMES, { minLength: 2 }),
  turns: fc.array(fc.record({ edits: fc.array(edit, { minLength: 1, maxLength: 5 }), then: fc.option(edit) }), {
    minLength: 1,
    maxLength: 4,
  }),
  user: fc.array(fc.record({ what: fc.constantFrom(...USERS), place: fc.constantFrom(...PLACES, 'u/y') }), {
    maxLength: 5,
  }),
  to: fc.nat(),
  dies: fc.option(fc.nat({ max: 12 }), { freq: 2 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

test(
  'an undo goes back to any state over whatever a person has in progress, dies anywhere, and is undone byte for byte',
  { timeout: 120_000 * Math.max(1, TREES / 4) },
  async () => {
    await fc.assert(fc.asyncProperty(story, played), { numRuns: TREES, seed: 20_261_128, endOnFailure: true });
  },
);

async function played(tale: Story): Promise<void> {
  const { ground, states, own } = build(tale);
  const contents = makeMess(ground, tale);
  const target = states[tale.to % (states.length - 1)] ?? '';
  const since = own.slice(states.indexOf(target));
  const before = pictureOf(ground);
  const held = contents.filter((text) => isHeld(ground, text));
  const { intent, head } = await undo(ground, { target, own: since, dies: tale.dies });
  for (const text of held) expect(isHeld(ground, text), text).toBe(true);
  const now = new Map(lsTree(ground, 'HEAD'));
  const then = new Map(lsTree(ground, target));
  for (const change of intent.changes) expect(now.get(change.path)).toBe(then.get(change.path));
  // The other way is the same undo, of the one commit that it made.
  const { commit } = intent.event;
  if (commit === null) expect(pictureOf(ground)).toEqual(before);
  else {
    await undo(ground, { target: head, own: [commit], dies: null });
    const { marks, ...after } = pictureOf(ground);
    if (!tale.user.some(({ what }) => what === 'sparse')) expect({ marks, ...after }).toEqual(before);
    // A file that was gone and comes back is there, although a sparse checkout would leave it out.
    else expect(after).toMatchObject({ head: before.head, index: before.index, files: before.files });
  }
}

function build(tale: Story) {
  const ground = Playground.repository();
  ground.write('.gitignore', '*.ign\nign/\n');
  for (const name of tale.base) put(ground, name, `base ${name}\n`);
  ground.commitAll('base');
  const states = [ground.head()];
  const own: string[] = [];
  for (const [number, { edits, then }] of tale.turns.entries()) {
    for (const { place, removes } of edits) {
      if (!removes) put(ground, place, `agent ${number} ${place}\n`);
      else if (isFile(ground, place)) ground.remove(place);
    }
    ground.git('add', '-A');
    ground.git('commit', '-qm', `turn ${number}`, '--allow-empty');
    own.push(ground.head());
    states.push(ground.head());
    if (then !== null && put(ground, then.place, `user's commit ${number}\n`)) ground.commitAll('of the user');
  }
  return { ground, states, own };
}

/** What a person has in progress; returns the contents that must not be lost. */
function makeMess(ground: Playground, { user }: Story): string[] {
  const contents: string[] = [];
  for (const [number, { what, place }] of user.entries()) {
    if (isOdd(what)) {
      contents.push(...oddMess(ground, what, { place, text: `user ${number} ${what}` }));
      continue;
    }
    const name = what === 'ignored' ? `${place}.ign` : place;
    const text = `user ${number} ${what}\n`;
    if (what === 'rm') {
      if (isFile(ground, name)) ground.remove(name);
    } else if (what === 'rmcached')
      ground.try('rm', '-q', '--cached', '-f', '--', Buffer.from(name, 'latin1').toString());
    else if (put(ground, name, text)) {
      contents.push(text);
      if (what === 'stage' || what === 'both') ground.try('add', '--', Buffer.from(name, 'latin1').toString());
      if (what === 'both') ground.write(name, `${text}and more\n`);
    }
  }
  return contents;
}

function isOdd(what: (typeof USERS)[number]): what is (typeof ODD)[number] {
  return ODD.some((one) => one === what);
}

/** What git shows otherwise than other files, or not at all. */
function oddMess(
  ground: Playground,
  what: (typeof ODD)[number],
  { place, text }: { readonly place: string; readonly text: string },
): string[] {
  const argument = Buffer.from(place, 'latin1').toString();
  const isThere = isFile(ground, place);
  switch (what) {
    case 'link':
      if (!put(ground, place, '')) return [];
      ground.remove(place);
      ground.link(place, text);
      return [text];
    case 'nested':
      if (!put(ground, `${place}/own/file`, text)) return [];
      ground.git('init', '-q', '--template=', '--', `${argument}/own`);
      return [text];
    case 'sparse':
      ground.try('sparse-checkout', 'set', '--no-cone', '/src/');
      return [];
    case 'overlooked':
      ground.try('update-index', '--assume-unchanged', '--', argument);
      return [];
    case 'assume':
    case 'skip':
      if (!isThere || !put(ground, place, text)) return [];
      ground.try('update-index', what === 'skip' ? '--skip-worktree' : '--assume-unchanged', '--', argument);
      return [text];
    case 'intent':
    case 'exec':
      if (!put(ground, place, text)) return [];
      if (what === 'intent') ground.try('add', '-N', '--', argument);
      else chmodSync(ground.at(place), 0o755);
      return [text];
  }
}

interface Undoing {
  readonly target: string;
  readonly own: readonly string[];
  /** The call of git that the program dies at, counted from the one that moves HEAD; null: it lives. */
  readonly dies: number | null;
}

async function undo(ground: Playground, { target, own, dies }: Undoing): Promise<{ intent: UndoIntent; head: string }> {
  const head = ground.head();
  const fuse = { left: Infinity };
  const git = await gitIn(ground, fuse);
  const view = await look(git);
  const facts = { head, target, status: view.status, runId: 'run', isOwn: () => new Set(own) };
  const plan = planUndo(await undoFacts(git, facts));
  const snapshot = await keepAll(git, view, 'undo');
  const order = { head, changes: plan.back, message: 'autoloop: undo\n', identityMissing: false };
  const commit = await commitOf(git, order);
  const event = { event_type: 'run_rewound', to_seq: 1, number: 0, checkpoint: target, head, undoes: null } as const;
  const intent: UndoIntent = {
    ...{ version: 1, taskId: 't', runId: 'run', seq: 2, changes: plan.back, state: [] },
    event: { ...event, commit, snapshot: snapshot?.ref ?? null, kept: [] },
  };
  const file = undoFile(git, null);
  if (dies !== null) fuse.left = dies;
  try {
    await performUndo(git, intent, file, 100);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    const again = await gitIn(ground, { left: Infinity });
    // What had not begun is begun by whoever asked; what had is finished.
    if ((await finishUndo(again, file, 100)) === null) await performUndo(again, intent, file, 100);
    await again.close();
  }
  ground.remove('.git/autoloop-undo.json');
  await git.close();
  return { intent, head };
}

class Killed extends Error {}

async function gitIn(ground: Playground, fuse: { left: number }): Promise<Git> {
  const real = createRunner();
  const runner: GitRunner = {
    get count() {
      return real.count;
    },
    async run(cwd, args, call) {
      if (fuse.left === 0) throw new Killed(args[0]);
      fuse.left -= 1;
      return real.run(cwd, args, call);
    },
  };
  const opened = await openGit(ground.dir, { runner });
  if (opened.kind !== 'repository') throw new Error(opened.kind);
  return opened.git;
}

/** False where a file stands in the way: nobody can write there. */
function put(ground: Playground, place: string, text: string): boolean {
  try {
    ground.write(place, text);
    return true;
  } catch {
    return false;
  }
}

function isFile(ground: Playground, place: string): boolean {
  try {
    return lstatSync(ground.at(place)).isFile();
  } catch {
    return false;
  }
}

function lsTree(ground: Playground, tree: string): [string, string][] {
  const lines = ground.git('ls-tree', '-r', '-z', tree).split('\0').slice(0, -1);
  return lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]);
}

/** The files of HEAD, the index and the work tree, ignored ones included. */
function pictureOf(ground: Playground) {
  return {
    head: lsTree(ground, 'HEAD'),
    index: ground.git('ls-files', '-sz'),
    marks: ground.git('ls-files', '-vz'),
    files: Object.fromEntries(files(ground.dir, '')),
  };
}

function files(top: string, below: string): [string, string][] {
  return readdirSync(path.join(top, below), { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const name = path.join(below, entry.name);
    if (name === '.git') return [];
    if (entry.isDirectory()) return files(top, name);
    const file = path.join(top, name);
    if (entry.isSymbolicLink()) return [[name, readlinkSync(file)]];
    const isExecutable = (lstatSync(file).mode & 0o100) !== 0;
    return [[name, `${readFileSync(file, 'utf8')}${isExecutable ? ' (may be run)' : ''}`]];
  });
}

/** Whether this text is in a file or staged. */
function isHeld(ground: Playground, text: string): boolean {
  if (existsSync(ground.dir) && files(ground.dir, '').some(([, content]) => content.startsWith(text))) return true;
  const ids = ground
    .git('ls-files', '-sz')
    .split('\0')
    .flatMap((line) => line.split(' ')[1] ?? []);
  return [...new Set(ids)].some((id) => ground.git('cat-file', 'blob', id) === text);
}
