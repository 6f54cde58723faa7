import type { StatusDocument } from '../../inspect/status-document.ts';
import { wordText } from './format.ts';
import { Card } from './parts.tsx';

type State = 'done' | 'now' | 'due' | 'stuck';

const SIGNS: Readonly<Record<State, string>> = { done: '✓', now: '▸', due: '○', stuck: '!' };
const WORDS: Readonly<Record<State, string>> = {
  done: 'complete',
  now: 'under way',
  due: 'to do',
  stuck: 'stopped here',
};

/** The way through pairs and phases, with where the run is. */
export function Progress({ status }: { status: StatusDocument }) {
  const phased = status.pairs.filter((pair) => pair === 'implement' || pair === 'test');
  return (
    <Card title="Pairs and phases">
      <ol class="steps">
        {status.pairs.includes('plan') && <Step name="plan" state={stateOf(status, 'plan', null)} />}
        {phased.length > 0 &&
          status.phases.length === 0 &&
          phased.map((pair) => <Step key={pair} name={pair} state="due" />)}
        {status.phases.map(({ phase_id, status: word }) => (
          <li key={phase_id} class="phase">
            <span class="phase-name">{phase_id}</span> <span class="quiet">{wordText(word)}</span>
            <ol>
              {phased.map((pair) => (
                <Step key={pair} name={pair} state={stateOf(status, pair, phase_id)} />
              ))}
            </ol>
          </li>
        ))}
        {status.pairs.includes('audit') && <Step name="audit" state={stateOf(status, 'audit', null)} />}
      </ol>
    </Card>
  );
}

function Step({ name, state }: { name: string; state: State }) {
  return (
    <li class={`step ${state}`} aria-current={state === 'now' ? 'step' : undefined}>
      <span aria-hidden="true">{SIGNS[state]}</span> {name} <span class="quiet">{WORDS[state]}</span>
    </li>
  );
}

function stateOf({ completed, position, status }: StatusDocument, pair: string, phaseId: string | null): State {
  if (completed.some((done) => done.pair === pair && done.phase_id === phaseId)) return 'done';
  if (position?.pair === pair && position.phase_id === phaseId) return status === 'running' ? 'now' : 'stuck';
  return 'due';
}
