import { screenText } from '../core/screen.ts';
import { MARKS, type Sentence, storyteller } from '../inspect/sentences.ts';
import type { Narrator } from '../run/ports.ts';
import type { NarratedRun } from '../work/ports.ts';
import type { Screen } from './screen-output.ts';
import { TurnStatus } from './turn-status.ts';

/** Tells the operator what happens: a plain line for each event worth one, and a status while a turn runs. */
export function createNarrator(screen: Screen, { workspace, answersItself }: NarratedRun): Narrator {
  const status = new TurnStatus(screen, workspace);
  const tell = storyteller();
  const say = (write: () => void) => {
    status.clear();
    write();
  };
  return {
    event(event) {
      const sentence = tell(event);
      // A question that a person answers is put whole by the asker.
      if (sentence?.isLive !== true || (event.event_type === 'question' && !answersItself)) return;
      say(() => write(screen, sentence));
    },
    line: (text) => say(() => screen.line(screenText(text))),
    warn: (text) => say(() => screen.warn(screenText(text))),
    turnBegins: (turn) => status.begin(turn),
    activity: (activity) => status.activity(activity),
    turnEnds: () => status.end(),
  };
}

function write(screen: Screen, { tone, text }: Sentence): void {
  if (tone === 'warning') screen.warn(text);
  else if (tone === 'pair') screen.line(`\n${text}`);
  else if (tone === 'cycle') screen.line(text);
  else screen.line(`${MARKS[tone] ?? '[*]'} ${text}`);
}
