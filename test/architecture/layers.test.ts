import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, importsOf, SOURCE, sourceFiles } from './imports.ts';

const imports = importsOf();
const layerOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : 'main');
const isInside = ({ to }: Import) => /\.tsx?$/.test(to) && !to.startsWith('..');
const shown = ({ from, to }: Import) => `${from} -> ${to}`;

/** Which layers each layer may import, beside itself: the table of docs/architecture.md (the tree and its rules). */
const MAY_IMPORT = readTable(readFileSync(path.join(SOURCE, '../docs/architecture.md'), 'utf8'));

function readTable(document: string): Readonly<Record<string, readonly string[]>> {
  const table = document.slice(document.indexOf('| folder | may know |')).split('\n\n', 1)[0] ?? '';
  const rows = [...table.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)];
  return Object.fromEntries(
    rows.map(([, layer = '', known = '']) => [layer, [...known.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)]),
  );
}

/** The ports are the one part of `run` that the layers beneath it know. */
const isPort = (file: string) => /^run\/(?:ports|store-port|git-port|agent-port|check-port)\.ts$/.test(file);

describe('the layers of the source tree', () => {
  it('has only the folders that the rules speak of', () => {
    const layers = [...new Set(sourceFiles().map(layerOf))].sort();
    expect(layers).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it('lets each layer import only what the rules allow, and allows nothing that none does', () => {
    const forbidden = imports
      .filter(isInside)
      .filter(({ from, to }) => layerOf(from) !== layerOf(to) && !MAY_IMPORT[layerOf(from)]?.includes(layerOf(to)));
    expect(forbidden.map(shown)).toEqual([]);
    const known = new Set(imports.filter(isInside).map(({ from, to }) => `${layerOf(from)} -> ${layerOf(to)}`));
    const allowed = Object.entries(MAY_IMPORT).flatMap(([from, all]) => all.map((to) => `${from} -> ${to}`));
    expect(allowed.filter((edge) => !known.has(edge))).toEqual([]);
  });

  it('lets the layers beneath `run` know its ports, as types, and nothing else of it', () => {
    const beneath = ['store', 'git', 'providers', 'checks', 'history'];
    const forbidden = imports.filter(
      ({ from, to, isTypeOnly }) =>
        beneath.includes(layerOf(from)) && layerOf(to) === 'run' && !(isPort(to) && isTypeOnly),
    );
    expect(forbidden.map(shown)).toEqual([]);
  });

  it('keeps the core pure: no module of node, no package, no clock, no randomness, no waiting', () => {
    const foreign = imports.filter(({ from, to }) => layerOf(from) === 'core' && layerOf(to) !== 'core');
    expect(foreign.map(shown)).toEqual([]);
    const impure = sourceFiles()
      .filter((file) => layerOf(file) === 'core')
      .filter((file) => /\bDate\.now|new Date\(\)|Math\.random|\basync\b|\bawait\b|\bprocess\./.test(codeOf(file)));
    expect(impure).toEqual([]);
  });

  it('has no cycle of imports, types included', () => {
    expect(cyclesIn(imports.filter(isInside))).toEqual([]);
  });

  it('has no file named after nothing, and none that only passes on what others export', () => {
    const vague = sourceFiles().filter((file) => /(?:^|\/)(?:utils?|helpers?|misc|common|index)\.ts$/.test(file));
    expect(vague).toEqual([]);
    expect(sourceFiles().filter((file) => /^export (?:type )?(?:\*|\{[^}]*\}) from/m.test(codeOf(file)))).toEqual([]);
  });
});

/** One owner per library, so that replacing it touches one place. */
const OWNERS: Readonly<Record<string, RegExp>> = {
  commander: /^cli\//,
  execa: /^supervision\/launch\.ts$|^providers\/program\.ts$/,
  'simple-git': /^git\/runner\.ts$/,
  yaml: /^config\/yaml(?:-edit)?\.ts$|^store\/run\/phase-plan-file\.ts$/,
  // Where text enters that others wrote: configuration files, and what was kept of an observation.
  zod: /^config\/|^git\/(?:changes|config-record|call-record)\.ts$|^store\/inbox\.ts$|^mcp\//,
  pino: /^store\/run\/diagnostics\.ts$/,
  '@clack/prompts': /^commands\/init-questions\.ts$/,
  'string-width': /^inspect\/columns\.ts$/,
  nanoid: /^work\/ids\.ts$/,
  'fast-xml-parser': /^checks\/parse\/junit\.ts$/,
  'tap-parser': /^checks\/parse\/tap\.ts$/,
  picomatch: /^checks\//,
  '@modelcontextprotocol/sdk': /^mcp\//,
  '@agentclientprotocol/sdk': /^providers\/acp\/conversation\.ts$/,
  hono: /^web\//,
  '@hono/node-server': /^web\/serve\.ts$/,
  preact: /^web\/page\//,
  marked: /^web\/page\/markdown\.tsx$/,
  'parse-diff': /^web\/page\/diff\.tsx$/,
};

describe('documents for programs', () => {
  it('leave through one function, which escapes them', () => {
    const users = imports.filter(({ to }) => to === 'inspect/safe-json.ts').map(({ from }) => from);
    expect(users).toEqual(['inspect/print.ts']);
    const raw = sourceFiles()
      .filter((file) => ['cli', 'commands', 'terminal', 'inspect'].includes(layerOf(file)))
      .filter((file) => /stdout\.write\([^;]*JSON\.stringify/.test(codeOf(file)));
    expect(raw).toEqual([]);
  });
});

describe('libraries', () => {
  it('are each imported by their owner alone', () => {
    const foreign = imports.filter(({ to }) => !/\.tsx?$/.test(to) && !to.startsWith('node:') && !to.endsWith('.json'));
    expect(foreign.filter(({ from, to }) => !OWNERS[to]?.test(from)).map(shown)).toEqual([]);
  });

  it('are each in use', () => {
    const used = new Set(imports.map(({ to }) => to));
    expect(Object.keys(OWNERS).filter((name) => !used.has(name))).toEqual([]);
  });

  it('are what package.json installs for a program, and what docs/architecture.md says of each', () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(SOURCE, '../package.json'), 'utf8')) as {
      readonly dependencies: object;
    };
    expect(Object.keys(dependencies).sort()).toEqual(Object.keys(OWNERS).sort());
    const [, packages = ''] = readFileSync(path.join(SOURCE, '../docs/architecture.md'), 'utf8').split('## Packages');
    expect(Object.keys(OWNERS).filter((name) => !packages.includes(name))).toEqual([]);
  });
});

/** Works on what is open already, which the door or whoever is named below has opened, or only asks where a name leads. */
const ON_DESCRIPTORS =
  /^(?:constants|closeSync|readSync|writeSync|fstatSync|ftruncateSync|fsyncSync|fdatasyncSync|fchmodSync|futimesSync|realpathSync)$/;

/** Who beside the door may name a file to the system, and why that is none below `.autoloop/`. */
const OPENS_BY_PATH: readonly { readonly who: RegExp; readonly why: string }[] = [
  { who: /^files\//, why: 'the door itself, and where things of this machine are' },
  {
    who: /^git\//,
    why: 'git folders and the work tree: what is read by hand is opened carefully, and git is held to its place',
  },
  { who: /^history\/undo-facts\.ts$/, why: 'the work tree, as git names it' },
  { who: /^checks\//, why: 'the sources, and copies of them in the cache' },
  { who: /^work\/worktrees\//, why: 'work trees of tasks as a whole, and what git keeps of them' },
  { who: /^config\/load\.ts$/, why: "the configuration: a person's, who may keep it behind a link" },
  {
    who: /^cli\/intent\.ts$|^batch\/intents\.ts$|^work\/given-workspace\.ts$|^commands\/skill\.ts$/,
    why: 'a path that a person typed',
  },
  { who: /^commands\/demo\.ts$|^rehearsal\//, why: "the demo's project, and an agent's part in it" },
  {
    who: /^commands\/serve\.ts$|^steer\/start-apart\.ts$|^store\/(?:inbox|starting)\.ts$/,
    why: "the machine's folder",
  },
  {
    who: /^notify\/told\.ts$|^providers\/(?:probe-cache|codex\/probe)\.ts$/,
    why: 'the cache',
  },
  { who: /^inspect\/changes\.ts$/, why: 'it is told of changes, and opens nothing' },
  {
    who: /^providers\/acp\/places\.ts$/,
    why: 'where a path that an agent names leads, before it is allowed',
  },
  { who: /^providers\/claude\/transcript\.ts$/, why: "claude's own folder" },
  { who: /^providers\/claude\/agent\.ts$|^work\/(?:try-checks|supervised)\.ts$/, why: 'a temporary folder of its own' },
  {
    who: /^supervision\/|^terminal\/(?:signals|unhindered)\.ts$/,
    why: '/proc, /sys, the terminal, and the program of this process',
  },
  { who: /^main\.ts$/, why: 'standard output' },
];

describe('the name of the folder with the state', () => {
  it('is spelt in one file, and in what agents are told', () => {
    const spelt = sourceFiles().filter((file) => /\.(?:autoloop|superloop)\b/.test(codeOf(file)));
    expect(spelt).toEqual(['core/state-folder.ts', 'prompts/assets.ts']);
  });
});

describe('the door', () => {
  const ofFiles = imports.filter(({ to, isTypeOnly }) => /^node:fs(?:\/promises)?$/.test(to) && !isTypeOnly);
  const byPath = [
    ...new Set(
      ofFiles.filter(({ names }) => !names.every((name) => ON_DESCRIPTORS.test(name))).map(({ from }) => from),
    ),
  ];

  it('is the only way to a file, but for those who have a reason to go without', () => {
    expect(byPath.filter((file) => !OPENS_BY_PATH.some(({ who }) => who.test(file)))).toEqual([]);
    expect(OPENS_BY_PATH.filter(({ who }) => !byPath.some((file) => who.test(file)))).toEqual([]);
  });

  it('is the only way for whoever knows where the state is', () => {
    const knows = (file: string) =>
      imports.some(({ from, to }) => from === file && (to === 'store/layout.ts' || to === 'core/state-folder.ts'));
    const isOfDoor = (file: string) => file.startsWith('files/');
    // Sources without it, temporary folders of their own, and work trees as a whole, which it is a part of or stays out of, and beside which a folder has its name.
    const known = [
      'checks/folder-states.ts',
      'commands/demo.ts',
      'work/worktrees/include.ts',
      'work/worktrees/make.ts',
      'work/worktrees/place.ts',
      'work/worktrees/removal.ts',
    ];
    expect(byPath.filter((file) => !isOfDoor(file) && knows(file))).toEqual(known);
  });

  it('is where files are read whole, which else waits for a named pipe: but for /proc, and what a person names', () => {
    const waits = ofFiles.filter(({ names }) => names.includes('readFileSync')).map(({ from }) => from);
    const known =
      /^files\/mounts|^git\/lock-holder|^supervision\/|^terminal\/signals|^cli\/intent|^batch\/intents|^commands\/skill|^rehearsal\/|^checks\/result-files/;
    expect(waits.filter((file) => !known.test(file))).toEqual([]);
  });

  it('is not gone round: no other interface of the system opens files', () => {
    expect(
      sourceFiles().filter((file) => /\bBun\.(?:file|write)\b|process\.binding|createRequire/.test(codeOf(file))),
    ).toEqual([]);
  });
});

function codeOf(file: string): string {
  const text = readFileSync(path.join(SOURCE, file), 'utf8');
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

/** One path through each cycle; empty when there is none. */
function cyclesIn(edges: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(file);
    if (seenAt >= 0) found.push([...trail.slice(seenAt), file].join(' -> '));
    if (seenAt >= 0 || done.has(file)) return;
    for (const to of targets.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return found;
}
