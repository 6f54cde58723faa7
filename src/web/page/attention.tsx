import type { StatusDocument } from '../../inspect/status-document.ts';
import { type Sending, useCommands } from './command.ts';
import { useDraft } from './draft.ts';
import { dateText } from './format.ts';
import { Markdown } from './markdown.tsx';
import { needOf } from './need.ts';
import { Card, TextField } from './parts.tsx';
import { ownValue } from '../../core/own-value.ts';

interface Asking {
  readonly runId: string;
  readonly status: StatusDocument;
  readonly isReadOnly: boolean;
}

/** The one card that needs a person, if any. */
export function Attention(asking: Asking) {
  const { status } = asking;
  switch (status.waiting?.kind) {
    case 'question':
      return <Question {...asking} />;
    case 'approval':
      return <Approval {...asking} />;
    case 'limit':
      return <Limit {...asking} />;
    default:
      return status.status === 'running' || status.resume_command === null ? null : <Stopped {...asking} />;
  }
}

function Question({ runId, status, isReadOnly }: Asking) {
  const commands = useCommands(runId);
  const { question } = status;
  const seq = question?.seq ?? null;
  const [text, setText] = useDraft(runId, `answer ${String(seq)}`);
  const answer = async () => {
    if (await commands.send({ kind: 'answer', text, ...(seq !== null && { for: String(seq) }) })) setText('');
  };
  return (
    <Card title="A question for you" class="needs">
      <Markdown text={withSuppositionApart(question?.text ?? '')} />
      {!isReadOnly && (
        <>
          <TextField label="Your answer" hint="Your answer" rows={4} text={text} onText={setText} />
          <div class="buttons">
            <button
              type="button"
              class="main"
              disabled={commands.isUnderWay || text.trim() === ''}
              onClick={() => void answer()}
            >
              Answer
            </button>
          </div>
        </>
      )}
      <Said sending={commands} />
      <Pending status={status} kinds={['answer']} />
    </Card>
  );
}

/** What the agent would do is the last line of its question, which must not read on from a list before it. */
function withSuppositionApart(question: string): string {
  return question.replace(/\n(?=[ \t]*best supposition:)/i, '\n\n');
}

function Approval({ runId, status, isReadOnly }: Asking) {
  const commands = useCommands(runId);
  const [text, setText] = useDraft(runId, 'reject');
  const sha256 = status.waiting?.sha256 ?? '';
  const reject = async () => {
    if (await commands.send({ kind: 'reject', text, for: sha256 })) setText('');
  };
  return (
    <Card title="Approve the plan" class="needs">
      <p>
        Read <a href={`#/${runId}/papers/artifacts/plan/plan.md`}>the plan</a> and{' '}
        <a href={`#/${runId}/papers/artifacts/plan/phase_plan.yaml`}>its phases</a>. What you approve is the plan as it
        stands now; if it changes, you are asked again.
      </p>
      {!isReadOnly && (
        <>
          <TextField
            label="What should be different"
            hint="To send it back: what should be different?"
            rows={3}
            text={text}
            onText={setText}
          />
          <div class="buttons">
            <button
              type="button"
              class="main"
              disabled={commands.isUnderWay}
              onClick={() => void commands.send({ kind: 'approve', for: sha256 })}
            >
              Approve
            </button>
            <button type="button" disabled={commands.isUnderWay || text.trim() === ''} onClick={() => void reject()}>
              Send back
            </button>
          </div>
        </>
      )}
      <Said sending={commands} />
      <Pending status={status} kinds={['approve', 'reject']} />
    </Card>
  );
}

function Limit(asking: Asking) {
  const { status } = asking;
  const until = status.waiting?.until ?? null;
  return (
    <Card title="A usage limit" class="needs">
      <p>
        {status.reason ?? 'The provider lets no more through for now.'}
        {until !== null && ` It ends ${dateText(until)}.`}
      </p>
      {status.status !== 'running' && <ResumeButton {...asking} />}
    </Card>
  );
}

function Stopped(asking: Asking) {
  const { status } = asking;
  const { isPerson, text } = needOf(status);
  const title = status.status === 'crashed' ? 'It crashed' : 'It stopped';
  return (
    <Card title={isPerson ? title : text} class={isPerson ? 'needs' : ''}>
      {status.reason !== null && <p class="reason">{status.reason}</p>}
      <ResumeButton {...asking} />
      <p class="quiet">
        In a terminal: <code class="command">{status.resume_command}</code>
      </p>
    </Card>
  );
}

function ResumeButton({ runId, isReadOnly }: Asking) {
  const commands = useCommands(runId);
  if (isReadOnly) return null;
  return (
    <>
      <div class="buttons">
        <button
          type="button"
          class="main"
          disabled={commands.isUnderWay}
          onClick={() => void commands.send({ kind: 'resume' })}
        >
          Resume
        </button>
      </div>
      <Said sending={commands} />
    </>
  );
}

/** What the server said to the last command. */
export function Said({ sending }: { sending: Sending }) {
  return (
    <p class={sending.isRefused ? 'said refused' : 'said'} role="status">
      {sending.isUnderWay ? 'Sending…' : sending.said}
    </p>
  );
}

const PENDING_WORDS: Readonly<Record<string, string>> = {
  answer: 'An answer is on its way to the run.',
  approve: 'The approval is on its way to the run.',
  reject: 'The plan is on its way back.',
  note: 'A note waits for the next turn.',
  pause: 'It pauses after this turn.',
};

/** Commands that were sent and that the run has not taken yet. */
export function Pending({ status, kinds }: { status: StatusDocument; kinds: readonly string[] }) {
  const waiting = status.pending.filter(({ kind }) => kinds.includes(kind));
  return (
    <>
      {waiting.map(({ id, kind }) => (
        <p key={id} class="pending">
          {ownValue(PENDING_WORDS, kind) ?? kind}
        </p>
      ))}
    </>
  );
}
