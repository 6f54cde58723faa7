import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { audit } from './auditor.ts';
import { implement, test } from './builder.ts';
import { LABEL } from './final-text.ts';
import { Hands, type Print } from './hands.ts';
import { plan } from './planner.ts';
import { answer } from './question.ts';
import { review } from './reviewer.ts';
import { readTurn } from './turn.ts';

/**
 * One turn of the rehearsal agent, which stands in for codex: the prompt on standard input, codex's JSON lines on standard
 * output (no usage: nothing is used). `argv`: `exec --json -`, or `exec resume --json <id> -`. Resolves to the exit code. A script,
 * not a model: it builds the project of project.ts whatever the request, really writes the files and really runs the tests.
 */
export async function runRehearsal(argv: readonly string[]): Promise<number> {
  const prompt = await text(process.stdin);
  if (prompt.trim() === '') {
    process.stderr.write('No prompt provided via stdin.\n');
    return 1;
  }
  const session = argv[1] === 'resume' ? argv.at(-2) : undefined;
  const print: Print = (event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
  print({ type: 'thread.started', thread_id: session ?? randomUUID() });
  print({ type: 'turn.started' });
  try {
    takeTurn(prompt, print);
  } catch (error) {
    const message = `${LABEL} ${error instanceof Error ? error.message : String(error)}`;
    print({ type: 'error', message });
    print({ type: 'turn.failed', error: { message } });
    return 1;
  }
  print({ type: 'turn.completed' });
  return 0;
}

function takeTurn(prompt: string, print: Print): void {
  const turn = readTurn(prompt);
  const hands = new Hands(turn?.workspace ?? process.cwd(), print);
  if (turn === null) {
    hands.say(answer(prompt));
    return;
  }
  const produce = { plan, implement, test, audit }[turn.pair];
  hands.say((turn.role === 'verifier' ? review : produce)(turn, hands));
}
