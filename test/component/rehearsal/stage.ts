import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { judgeAudit } from '../../../src/core/audit.ts';
import { parseControl } from '../../../src/core/control.ts';
import { parsePhasePlan } from '../../../src/core/phase-plan.ts';
import type { Control, Pair, Role } from '../../../src/core/vocabulary.ts';
import { PROJECT } from '../../support/compiled.ts';

/** Starts the sources in a tenth of Node's time. */
export const BUN = path.join(PROJECT, 'node_modules/.bin/bun');

export interface Answered {
  readonly code: number | null;
  readonly stderr: string;
  readonly events: readonly Record<string, unknown>[];
  /** The last message. */
  readonly text: string;
  readonly control: Control;
}

/** One turn of the program as the rehearsal agent. */
export async function rehearse(
  cwd: string,
  prompt: string,
  resume?: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Answered> {
  const args = resume === undefined ? ['exec', '--json', '-'] : ['exec', 'resume', '--json', resume, '-'];
  const child = spawn(BUN, [path.join(PROJECT, 'src/main.ts'), '--internal-rehearsal', ...args], {
    cwd,
    env,
  });
  child.stdin.end(prompt);
  const exited = new Promise<number | null>((done) => child.on('close', done));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  const events = stdout
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
  const items = events.map((event) => event['item'] as { type: string; text?: string } | undefined);
  const last = items.findLast((item) => item?.type === 'agent_message')?.text ?? '';
  const read = parseControl(last);
  if (read.kind === 'unreadable') throw new Error(read.error);
  return { code, stderr, events, text: last, control: read.control };
}

/** One run's folders in a workspace, and a loop around the agent that is just enough for it. */
export class Stage {
  readonly workspace: string;
  readonly run: string;
  readonly turns: string[] = [];

  constructor(workspace: string, runId: string) {
    this.workspace = workspace;
    this.run = path.join(workspace, '.autoloop/tasks/t/runs', runId);
    mkdirSync(this.run, { recursive: true });
    writeFileSync(this.decisions, '');
  }

  get decisions(): string {
    return path.join(this.run, 'decisions.txt');
  }

  bundle(pair: Pair, phase: string | null): string {
    return path.join(this.run, 'artifacts', pair, phase === null ? '' : `phases/${phase}`);
  }

  read(pair: Pair, name: string, phase: string | null = null): string {
    return readFileSync(path.join(this.bundle(pair, phase), name), 'utf8');
  }

  async turn(pair: Pair, role: Role, at: { phase?: string | null; cycle?: number } = {}): Promise<Answered> {
    const { phase = null, cycle = 1 } = at;
    const bundle = this.bundle(pair, phase);
    this.#seed(pair, bundle);
    const answered = await rehearse(this.workspace, this.#prompt(pair, role, { bundle, cycle }));
    const { control } = answered;
    const said = control.kind === 'promise' ? control.promise : control.kind;
    this.turns.push([pair, phase, role, cycle, said].filter((part) => part !== null).join(' '));
    return answered;
  }

  /** Cycles until the verifier is content; a question is answered by a turn of its own. */
  async pair(pair: Pair, phase: string | null = null): Promise<void> {
    for (let cycle = 1; cycle <= 3;) {
      const produced = await this.turn(pair, 'producer', { phase, cycle });
      if (produced.control.kind === 'question') {
        const { question } = produced.control;
        const { text: answer } = await rehearse(
          this.workspace,
          `Answer for the user.\n\nQUESTION TO ANSWER:\n${question}\nEND OF QUESTION TO ANSWER\n`,
        );
        appendFileSync(
          this.decisions,
          `<autoloop-decisions-header entry="questions" />\n${question}\n<autoloop-decisions-header entry="answers" />\n${answer}\n`,
        );
        this.turns.push('auto-answer');
        continue;
      }
      const verdict = await this.turn(pair, 'verifier', { phase, cycle });
      if (verdict.control.kind === 'promise' && verdict.control.promise === 'COMPLETE') return;
      cycle += 1;
    }
    throw new Error(`${pair} was not completed in three cycles`);
  }

  /** All four pairs; returns the audit's verdict. */
  async loop(): Promise<string> {
    await this.pair('plan');
    for (const phase of this.phases()) {
      await this.pair('implement', phase);
      await this.pair('test', phase);
    }
    await this.pair('audit');
    return this.audit();
  }

  phases(): string[] {
    const read = parsePhasePlan(parse(this.read('plan', 'phase_plan.yaml')), 't');
    if (!('plan' in read)) throw new Error(read.errors.join('\n'));
    return read.plan.phases.map((phase) => phase.phaseId);
  }

  audit(): string {
    const revisedRequestPath = path.join(this.bundle('audit', null), 'revised_request.md');
    const verdict = judgeAudit({
      resultText: this.read('audit', 'audit_result.json'),
      revisedRequest: this.read('audit', 'revised_request.md'),
      gapReport: this.read('audit', 'gap_report.md'),
      revisedRequestPath,
    });
    return verdict.kind === 'invalid' ? verdict.error : verdict.kind;
  }

  #seed(pair: Pair, bundle: string): void {
    if (existsSync(bundle)) return;
    mkdirSync(bundle, { recursive: true });
    writeFileSync(path.join(bundle, 'criteria.md'), '# Criteria\n\n- [ ] **One**: first\n- [ ] **Two**: second\n');
    writeFileSync(path.join(bundle, 'feedback.md'), '# Feedback\n');
    const seed = 'version: 1\ntask_id: t\nrequest_snapshot_ref: request.md\nphases: []\n';
    if (pair === 'plan') writeFileSync(path.join(bundle, 'phase_plan.yaml'), seed);
  }

  #prompt(pair: Pair, role: Role, { bundle, cycle }: { bundle: string; cycle: number }): string {
    return [
      `REPOSITORY ROOT: ${this.workspace}`,
      `LOOP PAIR: ${pair}`,
      `PHASE ROLE: ${role}`,
      `CYCLE: ${cycle}`,
      `AUTHORITATIVE RUN DECISIONS FILE: ${this.decisions}`,
      `AUTHORITATIVE ACTIVE ARTIFACT DIRECTORY: ${bundle}`,
      `AUTHORITATIVE ACTIVE CRITERIA FILE: ${bundle}/criteria.md`,
      `AUTHORITATIVE ACTIVE FEEDBACK FILE: ${bundle}/feedback.md`,
      'And so on.',
    ].join('\n');
  }
}

export function temporaryFolder() {
  const dir = mkdtempSync(path.join(tmpdir(), 'rehearsal-'));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}
