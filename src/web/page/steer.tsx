import { useState } from 'preact/hooks';
import type { StatusDocument } from '../../inspect/status-document.ts';
import { Pending, Said } from './attention.tsx';
import { useCommands } from './command.ts';
import { useDraft } from './draft.ts';
import { Card, TextField } from './parts.tsx';

/** What can be said to a run at any time. */
export function Steer({ runId, status }: { runId: string; status: StatusDocument }) {
  const commands = useCommands(runId);
  const [text, setText] = useDraft(runId, 'note');
  if (status.status === 'success') {
    const late = status.pending.filter(({ kind }) => kind === 'note').length;
    if (late === 0) return null;
    return (
      <Card title="Not delivered">
        <p>{late === 1 ? 'A note' : `${String(late)} notes`} came when no turn was left to tell.</p>
      </Card>
    );
  }
  const isRunning = status.status === 'running';
  const send = async () => {
    if (await commands.send({ kind: 'note', text })) setText('');
  };
  return (
    <Card title="Steer">
      <TextField
        label="A note for the next turn"
        hint="A note for the next turn"
        rows={2}
        text={text}
        onText={setText}
      />
      <div class="buttons">
        <button type="button" disabled={commands.isUnderWay || text.trim() === ''} onClick={() => void send()}>
          Send note
        </button>
        {isRunning && (
          <button type="button" disabled={commands.isUnderWay} onClick={() => void commands.send({ kind: 'pause' })}>
            Pause after this turn
          </button>
        )}
        {isRunning && <StopButton isUnderWay={commands.isUnderWay} stop={() => void commands.send({ kind: 'stop' })} />}
      </div>
      <Said sending={commands} />
      <Pending status={status} kinds={['note', 'pause']} />
    </Card>
  );
}

/** What stops at once throws this turn's work back: it asks once more. */
function StopButton({ isUnderWay, stop }: { isUnderWay: boolean; stop: () => void }) {
  const [isSure, setSure] = useState(false);
  if (!isSure) {
    return (
      <button type="button" class="danger" onClick={() => setSure(true)}>
        Stop now…
      </button>
    );
  }
  const sure = () => {
    setSure(false);
    stop();
  };
  return (
    <button type="button" class="danger main" disabled={isUnderWay} onClick={sure}>
      Yes, stop this turn now
    </button>
  );
}
