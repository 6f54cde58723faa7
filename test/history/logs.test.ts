import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readEventsOnly } from '../../src/store/log/event-log.ts';
import { positionOf, stepsOf } from '../support/resumed.ts';
import type { Position } from '../support/resumed.ts';

const LOGS = fileURLToPath(new URL('logs/', import.meta.url));

/**
 * By release; each log has beside it where it leads, and those with outcomes also what follows after each event. None is ever
 * changed: a log that a release could write is read for ever.
 */
const releases = readdirSync(LOGS).map((release) => ({
  release,
  logs: readdirSync(path.join(LOGS, release)).filter((name) => name.endsWith('.jsonl')),
}));

describe.each(releases)('a log of release $release', ({ release, logs }) => {
  it.each(logs)('%s replays to where that run stood', async (name) => {
    const log = path.join(LOGS, release, name);
    const expected = JSON.parse(readFileSync(log.replace('.jsonl', '.position.json'), 'utf8')) as Position;
    const events = await readEventsOnly(log);
    expect(positionOf(events)).toEqual(expected);
    const steps = log.replace('.jsonl', '.steps.txt');
    if (existsSync(steps)) expect(stepsOf(events)).toBe(readFileSync(steps, 'utf8'));
  });
});
