import { Anchor } from './anchor.ts';
import type { ConfigWatch } from './config-watch.ts';
import { readHead, readLooseCommit } from './head.ts';
import type { Head } from './head.ts';
import { placeEnvironment } from './place.ts';
import type { Place } from './place.ts';
import { gitFailure } from './runner.ts';
import type { GitCall, GitOutput, GitRunner } from './runner.ts';

/** `isSame`: `requireSame` was called in this very moment. */
type OwnCall = GitCall & { readonly isSame?: boolean };

/** git in one repository, started at the top of its work tree. Rejects with a Problem when another one has taken its place. */
export class Git {
  readonly place: Place;
  readonly #runner: GitRunner;
  readonly #anchor: Anchor;
  /** Null where nothing that was there before is to be held against what is there now. */
  readonly #watch: ConfigWatch | null;

  constructor(runner: GitRunner, place: Place, watch: ConfigWatch | null = null) {
    this.#watch = watch;
    this.#runner = runner;
    this.place = place;
    this.#anchor = new Anchor(place);
  }

  /** Rejects what would touch another repository that has taken this one's place: throws a Problem. No process. */
  requireSame(): void {
    this.#anchor.check();
  }

  /** Nothing calls git here any more: what was held open for it is let go. */
  async close(): Promise<void> {
    this.#anchor.release();
    await this.#watch?.end();
  }

  /** For commands whose failure means something to the caller. */
  async run(args: readonly string[], call?: OwnCall): Promise<GitOutput> {
    if (call?.isSame !== true) this.requireSame();
    await this.#watch?.check();
    const env = { ...placeEnvironment(this.place), ...call?.env };
    const look = () => this.#anchor.blocked();
    let output = await this.#runner.run(this.place.top, args, { look, ...call, env });
    for (let again = 0; again < mostRepeats(output); again += 1) {
      output = await this.#runner.run(this.place.top, args, { look, ...call, env });
    }
    return output;
  }

  /**
   * What the command printed; its failure is a Problem. A Ctrl-C in the terminal reaches git too: a command that can be
   * repeated is, once, so that the run can end in good order.
   */
  async output(args: readonly string[], call?: OwnCall): Promise<Buffer> {
    let output = await this.run(args, call);
    if (output.code === 'killed') output = await this.run(args, { ...call, isSame: false });
    if (output.code !== 0) throw gitFailure(args, output, this.hint);
    return output.out;
  }

  get hint(): string {
    return `Mend the repository at ${this.place.top}, then resume the run: nothing is lost.`;
  }

  /** The commit at HEAD; null when there is none yet. */
  async headCommit(): Promise<string | null> {
    return (await this.head()).commit;
  }

  /** The tree of a commit, which is told by its id; without a process where that has not been packed yet. */
  async treeOf(commit: string): Promise<string> {
    const loose = readLooseCommit(this.place.commonDir, commit);
    return loose?.tree ?? (await this.output(['rev-parse', '--verify', `${commit}^{tree}`])).toString().trim();
  }

  private async head(): Promise<Pick<Head, 'commit'>> {
    const read = readHead(this.place);
    if (read !== null) return read;
    const args = ['rev-parse', '--quiet', '--verify', 'HEAD'];
    const output = await this.run(args);
    // Exit code 1: HEAD names a branch without commits.
    if (output.code !== 0 && output.code !== 1) throw gitFailure(args, output, this.hint);
    return { commit: output.code === 0 ? output.out.toString().trim() : null };
  }

  /** The object id of the empty tree, which git knows without storing it. */
  get emptyTree(): string {
    return this.place.objectFormat === 'sha256'
      ? '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'
      : '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
  }

  /** The object id that stands for "none". */
  get nullId(): string {
    return '0'.repeat(this.place.objectFormat === 'sha256' ? 64 : 40);
  }
}

/** What a gc of somebody else takes from under a command that is at work, by git's words for it: nothing has happened yet. */
const RACES = [
  // The empty folder in which an object was about to be written.
  { words: /^(?:error|fatal): unable to create temporary file/m, repeats: 2 },
  // The entry of a new work tree, which its prune finds without one: git takes back what it had made. So it is until git has written the
  // file that names the work tree (git's builtin/worktree.c). The repeats are far more than a gc without end was seen to win.
  { words: /^fatal: .*worktrees\/.*No such file or directory$/m, repeats: 10 },
];

/** How often a command that ended so is tried again. */
function mostRepeats({ code, err }: GitOutput): number {
  if (code === 0) return 0;
  const said = err.toString();
  return RACES.find(({ words }) => words.test(said))?.repeats ?? 0;
}
