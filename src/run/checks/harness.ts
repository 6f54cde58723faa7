import { failingCheck, type FailedOutput, harnessText } from '../../core/checks/harness-text.ts';
import { hasChecks } from '../../core/checks-due.ts';
import { redactTokens } from '../../core/redact.ts';
import type { Scope } from '../../core/vocabulary.ts';
import type { Loop } from '../loop.ts';

/** What a turn of this scope is told of the checks; null: nothing. The plan is made before anything is checked. */
export async function harnessBlock(loop: Loop, { pair }: Scope): Promise<((room: number) => string) | null> {
  if (pair === 'plan' || !hasChecks(loop.state)) return null;
  const { checks } = loop.state;
  const log = failingCheck(checks)?.log ?? null;
  const file = log === null ? null : `${loop.ports.store.files.turns}/${log}`;
  const end = file === null ? null : ((await loop.ports.checks?.tail(file)) ?? null);
  const output: FailedOutput | null = file === null || end === null ? null : { end: redactTokens(end), file };
  if (harnessText(checks, output, 0) === null) return null;
  return (room) => harnessText(checks, output, room) ?? '';
}
