import { drop, waitForReply } from './commands.ts';
import { type Loop, type Performed, STOPPED } from './loop.ts';
import type { Approval } from './ports.ts';

/**
 * Nothing but the plan is paid for before a person has approved it as it stands: `asked` is the hash of the plan that was put before
 * them, and one with other content is put before them anew.
 */
export async function awaitApproval(loop: Loop, asked: string | null): Performed {
  const { store, asker } = loop.ports;
  if (isStopped(loop)) return STOPPED;
  const sha256 = await store.artifacts.planHash();
  if (sha256 !== asked) return loop.record({ event_type: 'approval_requested', what: 'plan', sha256 });
  const reply = await waitForReply<Exclude<Approval, { kind: 'none' }>>(loop, {
    fits: ({ kind, for: seen }) => (kind === 'approve' || kind === 'reject') && seen === sha256,
    ask: async (signal) => {
      const { plan } = await store.artifacts.readPhasePlan();
      const said = await asker.approve({ file: `${store.files.artifacts}/plan/plan.md`, plan }, signal);
      return said.kind === 'none' ? null : said;
    },
  });
  if (isStopped(loop)) return STOPPED;
  loop.boundary?.forget(); // while a person read, a person may have edited
  const now = await store.artifacts.planHash();
  if (now !== sha256) return loop.record({ event_type: 'approval_requested', what: 'plan', sha256: now });
  const given = { event_type: 'approval_given', what: 'plan', sha256 } as const;
  switch (reply.kind) {
    case 'stop':
      return reply.stop;
    case 'none':
      return { status: 'paused', reason: 'the plan waits for approval' };
    case 'said': {
      const text = reply.said.kind === 'rejected' ? reply.said.text : null;
      return loop.record({ ...given, verdict: reply.said.kind, text, by: 'cli', command_id: null });
    }
    case 'sent': {
      const { id, kind, text, by } = reply.command;
      await loop.record({ ...given, verdict: kind === 'approve' ? 'approved' : 'rejected', text, by, command_id: id });
      return drop(loop, id);
    }
  }
}

/** The operator may have stopped the run since it was last looked at. */
function isStopped({ ports }: Loop): boolean {
  return ports.stop.aborted;
}
