import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openedBelow } from '../support/opened.ts';
import { hashFolder } from '../support/readers.ts';
import { createRig, type Rig } from '../support/rig.ts';

/** How many plants are tried of all that there are, spread over them: `npm run test:door` tries each one. */
const SAMPLE = process.env.DOOR_PLANTS === 'all' ? Infinity : Number(process.env.DOOR_PLANTS ?? 8);

const START = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'implement'];
const TURNS = ['producer', 'verifier'] as const;

/** What an agent leaves in a file's place, as shell: `$at` is the place, `$out` a folder outside. */
const PLANTS = {
  'a link to a file outside': 'ln -s "$out/file" "$at"',
  'a named pipe': 'mkfifo "$at"',
  'a link to a folder outside': 'ln -s "$out/folder" "$at"',
  'a second name of a file outside': 'ln "$out/linked" "$at"',
  'a link to what could be made outside': 'ln -s "$out/folder/new" "$at"',
  'a folder': 'mkdir "$at" && echo in the way > "$at/inside"',
  'ten gigabytes of nothing': 'truncate -s 10G "$at"',
  'a link to itself': 'ln -s "$(basename "$at")" "$at"',
} as const;

interface Plant {
  /** Relative to the workspace; `RUN`: the run's folder, `PID`: the program's process. */
  readonly place: string;
  readonly what: keyof typeof PLANTS;
  readonly turn: (typeof TURNS)[number];
}

const isHere = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

let places: readonly string[] = [];

beforeAll(async () => {
  if (!isHere) return;
  await using rig = await createRig({}, () => undefined);
  const trace = path.join(rig.sandbox.root, 'trace');
  const calls = 'trace=openat,rename,renameat,renameat2,mkdir,mkdirat';
  const { code } = await rig.run(START, { through: ['strace', '-f', '-y', '-s', '4096', '-o', trace, '-e', calls] });
  if (code !== 0) throw new Error(rig.report());
  const run = path.relative(rig.workspace, rig.lastRun().path);
  const names = openedBelow(rig.workspace, readFileSync(trace, 'utf8')).map((name) =>
    name
      .replace(run, 'RUN')
      .replace(path.basename(run), '${run##*/}')
      .replace(/(autoloop-index-.+-|\}\.)\d+/, '$1$PPID'),
  );
  // Names that are made for one use, by chance or by what they hold, cannot be planted before it.
  places = [...new Set(names)].filter((name) => !/\.tmp$|^\.git\/objects\/[0-9a-f]{2}(\/|$)/.test(name)).sort();
});

describe.runIf(isHere)('whatever an agent plants where the program or its git opens something (needs strace)', () => {
  it('changes no byte outside, hangs nothing, and is named where it ends the run', async () => {
    expect(places).toEqual(expect.arrayContaining(['RUN/events.jsonl', '.git/index', '.git/config']));
    const left = sampled(allPlants().filter(isQuick));
    const found: string[] = [];
    const worker = async () => {
      for (let plant = left.shift(); plant !== undefined; plant = left.shift()) {
        const { place, what, turn } = plant;
        found.push(...(await planted(plant)).map((text) => `${what} at ${place} in the ${turn}'s turn: ${text}`));
      }
    };
    await Promise.all([worker(), worker()]);
    expect(found).toEqual([]);
  });
});

/** Every place with every plant in every turn, neighbours in each of the three. */
function allPlants(): readonly Plant[] {
  const kinds = Object.keys(PLANTS) as (keyof typeof PLANTS)[];
  return kinds.flatMap((_, step) =>
    TURNS.flatMap((_, other) =>
      places.map((place, at) => ({
        place,
        what: kinds[(at + step) % kinds.length] ?? 'a folder',
        turn: TURNS[(at + other) % TURNS.length] ?? 'producer',
      })),
    ),
  );
}

async function planted({ place, what, turn }: Plant): Promise<string[]> {
  await using rig = await createRig({}, () => undefined);
  const out = path.join(rig.sandbox.root, 'outside');
  mkdirSync(path.join(out, 'folder'), { recursive: true });
  for (const name of ['file', 'linked', 'folder/inside']) writeFileSync(path.join(out, name), `of the user: ${name}\n`);
  linkSync(path.join(out, 'linked'), path.join(rig.sandbox.root, 'kept'));
  const before = hashFolder(out);
  const shell = [
    `run='\${run}'; out='${out}'; at="${place.replace('RUN', '${run}')}"`,
    `rm -rf "$at"; mkdir -p "$(dirname "$at")"; ${PLANTS[what]}`,
  ].join('; ');
  rig.script({ rules: [{ role: turn, times: 1, shell: [shell] }] });
  const problems = await endOf(rig);
  if (hashFolder(out) !== before) problems.push(`what lies outside was changed: ${rig.report()}`);
  return problems;
}

async function endOf(rig: Rig): Promise<string[]> {
  try {
    const { code, stderr, stdout } = await rig.run(START, { timeoutMs: SAMPLE === Infinity ? 300_000 : 60_000 });
    const said = `${stdout}\n${stderr}`;
    const isNamed = code === 0 || /^(?:error: |\[PAUSED\] |\[!\] )/m.test(said);
    return [
      ...(code === null ? [`it was ended by a signal:\n${said}`] : []),
      ...(isNamed ? [] : [`it ended with ${code ?? '?'} and no reason:\n${said}`]),
      ...(/internal error|^\s+at .*:\d+:\d+/m.test(said) ? [`an internal error:\n${said}`] : []),
    ];
  } catch (error) {
    return [`it hung: ${String(error).slice(0, 2000)}`];
  }
}

/**
 * Some of its own files, and a file that it knows as empty, git reads to the end, and then its deadline of two minutes ends it: only the
 * whole sweep waits for that.
 */
function isQuick({ place, what }: Plant): boolean {
  const isLong = place.startsWith('.git/') || place.endsWith('decisions.txt');
  return SAMPLE === Infinity || what !== 'ten gigabytes of nothing' || !isLong;
}

/** Spread over all of them: the step has no divisor in common with their number. */
function sampled(all: readonly Plant[]): Plant[] {
  const picked = Array.from({ length: Math.min(all.length, SAMPLE) }, (_, at) => all[((at + 1) * STEP) % all.length]);
  return picked.filter((plant) => plant !== undefined);
}

const STEP = 7919;
