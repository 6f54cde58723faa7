import { describe, expect, it } from 'vitest';
import type { BatchIntent } from '../../../src/batch/intents.ts';
import { type QueuedTask, queued } from '../../../src/batch/queue.ts';
import type { TaskLook } from '../../../src/batch/task-look.ts';
import { tellingOf } from '../../../src/batch/telling.ts';

const QUEUED = queued({ intent: { taskId: 'job' } as BatchIntent, providers: ['codex'] }, 'coming');
const LOOK: TaskLook = {
  ...{ workspace: '/trees/job', runId: 'run-1', standing: 'running', seq: 7, reason: null },
  ...{ question: 'Which port?', isAnswered: false, limit: null, costUsd: 0, durationMs: 0 },
};
const textOf = (change: Partial<QueuedTask>) => tellingOf({ ...QUEUED, ...change }).text;

describe('what a batch tells of a task that asks', () => {
  const asks = '[AGENT QUESTION] job: Which port?\n    autoloop answer TEXT --task-id job --workspace /trees/job';

  it('is the question and the command that answers it, while its process stays as after it has paused', () => {
    expect(textOf({ look: LOOK, standing: { is: 'working', isWaiting: true } })).toBe(asks);
    expect(textOf({ look: { ...LOOK, standing: 'paused' }, standing: { is: 'parked' } })).toBe(asks);
  });

  it('is told as a limit where nobody is asked', () => {
    expect(textOf({ look: { ...LOOK, question: null }, standing: { is: 'working', isWaiting: true } })).toBe(
      '[*] job waits for the end of a usage limit',
    );
  });
});
