import { describe, expect, it } from 'vitest';
import { noFollowupText, reasonText, whyEnded } from '../../../src/inspect/why-ended.ts';

const end = (workspace: string, reason: string | null) =>
  whyEnded({ workspace, taskId: 'job', runId: 'run-20261128T210000Z-00000000' }, { reason, depth: 2 });
const REQUEST = '.autoloop/tasks/job/runs/run-20261128T210000Z-00000000/artifacts/audit/revised_request.md';
const replacing = (where: string, file: string) =>
  `autoloop --task-id job${where} --intent-mode replace --intent-file ${file} starts a run that can`;

describe('why a run ended', () => {
  it.each([
    ['auto_followup_disabled', 'follow-up runs are off', 'resume with --auto-followup to start one'],
    [
      'auto_followup_max_depth_reached',
      'the chain of follow-up runs is as long as it may be',
      'resume with --auto-followup-max-depth 3 or more',
    ],
    ['implement_not_enabled', 'without implement nothing could close them', replacing('', REQUEST)],
  ])('is told in words with the way on, where a log has but a name for it: %s', (reason, why, wayOn) => {
    expect(noFollowupText(reason)).toBe(why);
    expect(reasonText(reason)).toBe(`the audit found gaps, and ${why}`);
    expect(end(process.cwd(), reason)).toBe(`the audit found gaps, and ${why}: ${wayOn}`);
  });

  it('names a command that works where it is pasted, for a run in another folder', () => {
    const command = replacing(` --workspace '/my work'`, `'/my work/${REQUEST}'`);
    expect(end('/my work', 'implement_not_enabled')).toContain(command);
  });

  it.each([null, 'no key_file', 'constructor'])('is what the log says where that is words already: %j', (reason) => {
    expect(reasonText(reason)).toBe(reason);
    expect(end(process.cwd(), reason)).toBe(reason);
  });
});
