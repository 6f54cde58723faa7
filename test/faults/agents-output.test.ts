import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { peakMemory } from '../support/peak-memory.ts';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, follow, leftUncommitted, START } from './story.ts';

const RED = '\u001b[31mred\u001b[0m';
const TITLE = '\u001b]0;pwned\u0007';
/** Erases the line above and writes another in its place, as an escape, as its 8-bit form, and by plain returns. */
const LIE = '\u001b[1A\u001b[2K[SUCCESS] \u009b1A\rall done\u0000\u0008\u202e';
const HOSTILE = `${RED} ${TITLE} ${LIE}`;
/** As far as it can be an argument. */
const TYPED = HOSTILE.replace('\0', '');

/** What a terminal would obey. */
const obeyed = (text: string) =>
  text.match(/[\0-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g) ?? [];

function expectTame(...ended: readonly { stdout: string; stderr: string }[]): void {
  for (const { stdout, stderr } of ended) expect(obeyed(stdout + stderr)).toEqual([]);
}

/** The raw output of the n-th turn, from 1, each byte one character. */
function turnLog(rig: Rig, nth: number): string {
  const folder = path.join(rig.lastRun().path, 'turns');
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'));
  return readFileSync(path.join(folder, names.sort()[nth - 1] ?? ''), 'latin1');
}

const rawLog = (rig: Rig) => readFileSync(path.join(rig.lastRun().path, 'raw_phase_log.md'), 'utf8');

/** A turn of codex whose command and answer hold `bytes`, one character each, within their JSON. */
const codexSays = (bytes: string) =>
  [
    `{"type":"item.started","item":{"id":"i1","type":"command_execution","command":"echo ${bytes}","aggregated_output":"","exit_code":null,"status":"in_progress"}}`,
    `{"type":"item.completed","item":{"id":"i2","type":"agent_message","text":"answer ${bytes} end"}}`,
    '{"type":"turn.completed","usage":{"input_tokens":1,"cached_input_tokens":0,"output_tokens":1,"reasoning_output_tokens":0}}',
    '',
  ].join('\n');

fault('I1: bytes that are no UTF-8 are decoded with loss, and kept as they came in the turn’s log', {}, async (rig) => {
  const bytes = 'caf\xe9 \xff\xc0\x80 \xed\xa0\x80 \\u0000 \\ud800 \\u001b[31mred\\u009b1A';
  rig.script({ rules: [{ role: 'producer', times: 1, stdout: `latin1:${codexSays(bytes)}` }] });
  const done = await rig.run(START);
  expect(done.code).toBe(0);
  expectTame(done);
  expect(done.stdout).toContain('runs echo caf\ufffd');
  expect(turnLog(rig, 1)).toContain(bytes);
  expect(rawLog(rig)).toMatch(/answer caf\ufffd \ufffd.* end/);
  return { maxTurns: 3 };
});

fault('I3: random bytes before, between and after the events of a turn change nothing', {}, async (rig) => {
  let seed = 52;
  const noise = () =>
    Array.from({ length: 40_000 }, () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return String.fromCharCode((seed >>> 16) & 0xff);
    }).join('');
  const lines = codexSays('fine').split('\n');
  const stdout = `latin1:${noise()}\n${lines.map((line) => `${line}\n${noise()}\n`).join('')}`;
  rig.script({ rules: [{ role: 'producer', times: 1, stdout }] });
  const done = await rig.run(START);
  expect(done.code).toBe(0);
  expectTame(done);
  expect(asked(rig)).toHaveLength(2);
  expect(rawLog(rig)).toContain('answer fine end');
  expect(turnLog(rig, 1)).toContain(stdout.slice('latin1:'.length));
  return { maxTurns: 2 };
});

for (const name of ['codex', 'claude']) {
  fault(
    `I3: no text of ${name}, be it a command, a question, an error or a file name, can drive the terminal`,
    { config: `provider:\n  name: ${name}\n  claude:\n    permission_strategy: allow_core_tools\n` },
    async (rig) => {
      const odd = 'odd\u001b[31m\n\u009b1A\u202e.txt';
      rig.write(odd, 'mine\n');
      rig.script({
        versions: { codex: `codex-cli 0.169.0${RED}`, claude: `2.1.330${RED} (Claude Code)` },
        rules: [
          { role: 'producer', times: 1, question: `Which ${HOSTILE}?`, supposition: HOSTILE },
          { role: 'producer', times: 1, failure: 'turn_failed', say: `It broke: ${HOSTILE}`, stderr: HOSTILE },
          { role: 'producer', write: { [odd]: 'the agent’s\n' }, shell: [`: '${RED}${TITLE}'`], say: HOSTILE },
          {
            role: 'verifier',
            times: 1,
            write: { [`src/${odd}`]: '' },
            raw: `${HOSTILE}<loop-control>${HOSTILE}</loop-control>`,
          },
        ],
      });
      const paused = await rig.run(START);
      expect(paused.code).toBe(4);
      const broken = await follow(rig, paused, '--answer', TYPED);
      expect(broken.code).toBe(1);
      const done = await follow(rig, broken);
      expect(done.code).toBe(0);
      const shown = await Promise.all([['status'], ['logs'], ['--list-tasks']].map((args) => rig.run(args)));
      expectTame(paused, broken, done, ...shown);
      expect(leftUncommitted(done)).toContain(String.raw`odd\033[31m\n`);
      expect(rawLog(rig)).toContain(HOSTILE);
      return {};
    },
  );
}

fault('I3: phases, requests and audits with control characters are shown without them', {}, async (rig) => {
  const id = `phase ${RED}`;
  rig.script({
    phases: [id],
    rules: [
      {
        pair: 'audit',
        role: 'producer',
        write: {
          '${bundle}/audit_result.json': JSON.stringify({
            material_gaps_found: true,
            summary: HOSTILE,
            revised_request_path: '.autoloop/${bundle}/revised_request.md',
          }),
        },
      },
    ],
  });
  const ended = await rig.run(['--task-id', 't', '--intent', `Build ${TYPED}`, '--no-auto-followup']);
  const shown = await Promise.all(
    [['status'], ['status', '--json'], ['logs'], ['--list-tasks'], ['--list-tasks', '--json']].map((args) =>
      rig.run(args),
    ),
  );
  expectTame(ended, ...shown);
  expect(shown.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  return {};
});

for (const name of ['codex', 'claude']) {
  fault(
    `I7: 500 MB of output from ${name} take less than 300 MB of memory and 201 MB of log, which is said`,
    {
      config: `provider:\n  name: ${name}\n  claude:\n    permission_strategy: allow_core_tools\n`,
      script: { rules: [{ role: 'producer', times: 1, remote: true }] },
    },
    async (rig) => {
      const running = rig.start(START);
      const turn = await rig.nextTurn();
      await turn.act({ noiseMb: 500 });
      const peak = peakMemory(running.pid) ?? Number.NaN;
      await turn.finish();
      const done = await running.done;
      expect(done.code).toBe(0);
      expect(peak).toBeGreaterThan(10_000_000);
      expect(peak).toBeLessThan(300_000_000);
      const turns = path.join(rig.lastRun().path, 'turns');
      const sizes = readdirSync(turns).map((file) => statSync(path.join(turns, file)).size);
      expect(Math.max(...sizes)).toBeGreaterThan(199_000_000);
      expect(Math.max(...sizes)).toBeLessThan(201_000_000);
      expect(done.stderr).toMatch(
        /WARNING: the turn log .* has reached its limit of 200 MB; the rest of the output is left out/,
      );
      return { maxTurns: 2 };
    },
  );
}

fault('I1: an answer of 12 MB is an answer', {}, async (rig) => {
  rig.script({ rules: [{ role: 'producer', say: 'word '.repeat(12_000_000 / 5) }] });
  expect((await rig.run(START)).code).toBe(0);
  expect(asked(rig)).toHaveLength(2);
  return { maxTurns: 2 };
});

fault('I7, I8: one of 30 MB is cut, which is said, and the run goes on', {}, async (rig) => {
  rig.script({ rules: [{ role: 'producer', times: 1, say: 'word '.repeat(30_000_000 / 5) }] });
  const done = await rig.run(START);
  expect(done.stderr).toMatch(/WARNING: 1 line\(s\) of the output were longer than 16 MiB and were cut/);
  expect(done.code).toBe(0);
  return { maxTurns: 3 };
});
