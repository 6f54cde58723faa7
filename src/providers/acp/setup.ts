import type { JsonObject } from '../json.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import { type Conversation, Refused } from './conversation.ts';
import { SetupProblem, StepTime } from './step-time.ts';

const VERSION = 1;
const LONGEST_ID = 256;
const METHOD_NOT_FOUND = -32601;

/** What the agent said of itself. */
export interface Introduction {
  readonly name: string | null;
  readonly version: string | null;
  readonly loads: boolean;
  readonly resumes: boolean;
  readonly closes: boolean;
  /** Ways to log in, in its words. Naming some does not mean that nobody is logged in. */
  readonly logins: readonly string[];
}

/** Greets the agent. Rejects with a SetupProblem where it speaks another version, or with what `call` rejects with. */
export async function introduce(talk: Conversation, program: string, ms?: number): Promise<Introduction> {
  const clientCapabilities = { fs: { readTextFile: false, writeTextFile: false }, terminal: false };
  const params = { protocolVersion: VERSION, clientCapabilities, clientInfo: { name: 'autoloop', version: '1' } };
  const said = await new StepTime(program, ms).wait('initialize', talk.call('initialize', params));
  const version = said['protocolVersion'];
  if (version !== VERSION) {
    const theirs = version === undefined ? 'no version' : `version ${JSON.stringify(version)}`;
    const message = `${program} speaks ${theirs} of the Agent Client Protocol, and Autoloop speaks version ${VERSION}`;
    throw new SetupProblem({
      class: 'configuration',
      message,
      hint: `Install a release of ${program} that speaks version ${VERSION}, or check provider.acp.command.`,
    });
  }
  const info = objectOf(said['agentInfo']);
  const able = objectOf(said['agentCapabilities']) ?? {};
  const sessions = objectOf(able['sessionCapabilities']) ?? {};
  return {
    name: textOf(info?.['title']) ?? textOf(info?.['name']),
    version: textOf(info?.['version']),
    loads: able['loadSession'] === true,
    resumes: objectOf(sessions['resume']) !== null,
    closes: objectOf(sessions['close']) !== null,
    logins: listOf(said['authMethods']).flatMap((each) => textOf(objectOf(each)?.['name']) ?? []),
  };
}

export interface Opened {
  readonly id: string;
  /** What the agent offers for the session. */
  readonly offer: JsonObject;
}

/** Where and within what time a session is opened. */
export interface Place {
  readonly cwd: string;
  readonly time: StepTime;
}

/**
 * Goes on with a session by the first of the ways that the agent offers and has: one that it offers and then does not know is passed
 * over. Null: it has none. Rejects as `introduce`.
 */
export async function resumeSession(
  talk: Conversation,
  id: string,
  how: Introduction,
  { cwd, time }: Place,
): Promise<Opened | null> {
  const ways = [...(how.resumes ? ['session/resume'] : []), ...(how.loads ? ['session/load'] : [])];
  for (const method of ways) {
    try {
      return { id, offer: await time.wait(method, talk.call(method, { sessionId: id, cwd, mcpServers: [] })) };
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== METHOD_NOT_FOUND) throw error;
    }
  }
  return null;
}

/** Opens a new session. Rejects as `introduce`. */
export async function newSession(talk: Conversation, program: string, { cwd, time }: Place): Promise<Opened> {
  const offer = await time.wait('session/new', talk.call('session/new', { cwd, mcpServers: [] }));
  const id = textOf(offer['sessionId']);
  if (id === null || id === '' || id.length > LONGEST_ID || /\p{Cc}/u.test(id)) {
    const found = id === null || id === '' ? 'no id' : `an id that is none (${JSON.stringify(id.slice(0, 40))})`;
    const message = `${program} gave its session ${found}: a text of at most ${LONGEST_ID} characters without control characters is one`;
    throw new SetupProblem({ class: 'other', message, hint: null });
  }
  return { id, offer };
}
