import type { Billed, Dialect, Json, Spoken } from './api.ts';
import { objectsIn, textIn } from './api.ts';

const PATH = /^\/v1beta\/models\/([^:/]+):(streamGenerateContent|generateContent)$/;

/** Google's Gemini API, as gemini-cli 0.61.0 uses it. */
export const generate: Dialect = {
  handles: (path) => PATH.test(path),
  read(body, path) {
    const turns = objectsIn(body['contents']);
    const isAsked = (turn: Json): boolean => turn['role'] === 'user' && resultsIn(turn).length === 0;
    const since = turns.slice(turns.findLastIndex(isAsked) + 1);
    const [, model = '', how] = PATH.exec(path) ?? [];
    return {
      model,
      system: textsIn(body['systemInstruction'] as Json | undefined),
      userTexts: turns.filter(isAsked).map(textsIn),
      toolResults: since.flatMap((turn) => resultsIn(turn).map((result) => JSON.stringify(result['response']))),
      isStreamed: how === 'streamGenerateContent',
      isAside: objectsIn(body['tools']).length === 0,
    };
  },
  events: (reply, model, billed) => [{ ...generate.whole(reply, model, billed) }],
  whole(reply, model, billed) {
    const content = { role: 'model', parts: [partOf(reply)] };
    const candidates = [{ index: 0, content, finishReason: 'STOP' }];
    return { candidates, usageMetadata: usageOf(billed), modelVersion: model, responseId: 'r1' };
  },
};

function resultsIn(turn: Json): Json[] {
  return objectsIn(turn['parts']).flatMap((part) => {
    const result = part['functionResponse'] as Json | undefined;
    return result === undefined ? [] : [result];
  });
}

function textsIn(turn: Json | undefined): string {
  return objectsIn(turn?.['parts'])
    .map((part) => textIn(part['text']))
    .join('\n');
}

function partOf(reply: Spoken): Json {
  if ('say' in reply) return { text: reply.say };
  const deed = reply.do;
  if ('run' in deed) {
    const args = { command: deed.run, description: 'What the test needs' };
    return { functionCall: { name: 'run_shell_command', args } };
  }
  return { functionCall: { name: 'write_file', args: { file_path: deed.create, content: deed.text } } };
}

/** Thinking is counted beside the output. */
function usageOf({ input, cached, output, reasoning }: Billed): Json {
  return {
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + output,
  };
}
