import type { PromiseWord } from '../core/vocabulary.ts';

/** Begins every text of the agent: nobody is to take it for a model's. */
export const LABEL = '[scripted rehearsal]';

/** What an agent's final text tells, under the headings that the prompts ask for. */
export interface Summary {
  readonly scope: string;
  readonly analyzed: string;
  /** `did`: what was changed by a producer, reviewed by a verifier. */
  readonly did: string;
  readonly findings: string;
  readonly next: string;
}

export function producerText(summary: Summary): string {
  return headings(summary, 'What I changed');
}

export function verifierText(summary: Summary, promise: PromiseWord): string {
  return `${headings(summary, 'What I reviewed')}\n\n${control({ kind: 'promise', promise })}`;
}

export function questionText(summary: Summary, question: string, bestSupposition: string): string {
  const asked = control({ kind: 'question', question, best_supposition: bestSupposition });
  return `${headings(summary, 'What I changed')}\n\n${asked}`;
}

function headings({ scope, analyzed, did, findings, next }: Summary, didHeading: string): string {
  const sections: [string, string][] = [
    ['Scope considered', scope],
    ['What I analyzed', analyzed],
    [didHeading, did],
    ['Key findings / decisions', findings],
    ['Open issues / next step', next],
  ];
  return [LABEL, ...sections.map(([title, text]) => `${title}\n${text}`)].join('\n\n');
}

function control(content: Readonly<Record<string, string>>): string {
  const block = JSON.stringify({ schema: 'docloop.loop_control/v1', ...content });
  return `<loop-control>\n${block}\n</loop-control>`;
}
