import { OwnTime } from '../../supervision/own-time.ts';
import type { Verdict } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import type { Conversation } from './conversation.ts';

/** How long each of the two steps before the first prompt may take, in ms: big agents on a busy machine have taken 47 s. */
const STEP_MS = 60_000;
const VERSION = 1;
const LONGEST_ID = 256;

/** A turn that cannot be: what it failed of. */
export class SetupProblem extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super(verdict.message);
    this.verdict = verdict;
  }
}

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

/** The session's settings that a turn asks for; null: the agent's own. */
export interface Wishes {
  readonly mode: string | null;
  readonly model: string | null;
  readonly effort: string | null;
  readonly options: Readonly<Record<string, string | boolean>>;
}

/** Greets the agent. Rejects with a SetupProblem where it speaks another version, or with what `call` rejects with. */
export async function introduce(talk: Conversation, program: string, ms: number = STEP_MS): Promise<Introduction> {
  const clientCapabilities = { fs: { readTextFile: false, writeTextFile: false }, terminal: false };
  const params = { protocolVersion: VERSION, clientCapabilities, clientInfo: { name: 'autoloop', version: '1' } };
  const said = await within(ms, talk.call('initialize', params), () => late(program, 'initialize', ms));
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

/** Opens the session of a turn: `resume` where the agent can, else a new one. Rejects as `introduce`. */
export async function openSession(
  talk: Conversation,
  program: string,
  { cwd, resume, how }: { cwd: string; resume: string | null; how: Introduction },
): Promise<Opened> {
  const place = { cwd, mcpServers: [] };
  if (resume !== null) {
    const method = how.resumes ? 'session/resume' : 'session/load';
    const work = talk.call(method, { sessionId: resume, ...place });
    return { id: resume, offer: await within(STEP_MS, work, () => late(program, method, STEP_MS)) };
  }
  const work = talk.call('session/new', place);
  const offer = await within(STEP_MS, work, () => late(program, 'session/new', STEP_MS));
  const id = textOf(offer['sessionId']);
  if (id === null || id === '' || id.length > LONGEST_ID || /\p{Cc}/u.test(id)) {
    const found = id === null || id === '' ? 'no id' : `an id that is none (${JSON.stringify(id.slice(0, 40))})`;
    const message = `${program} gave its session ${found}: a text of at most ${LONGEST_ID} characters without control characters is one`;
    throw new SetupProblem({ class: 'other', message, hint: null });
  }
  return { id, offer };
}

/** Sets what is wished for. Rejects with a SetupProblem that lists what the agent offers instead. */
export async function grantWishes(talk: Conversation, program: string, session: Opened, wishes: Wishes): Promise<void> {
  const setting = new SessionSettings(talk, program, session);
  const all = async () => {
    if (wishes.mode !== null) await setting.mode(wishes.mode);
    if (wishes.model !== null) await setting.model(wishes.model);
    if (wishes.effort !== null) await setting.ofCategory('thought_level', wishes.effort, 'effort');
    for (const [id, value] of Object.entries(wishes.options))
      await setting.option(id, value, `provider.acp.config.${id}`);
  };
  await within(STEP_MS, all(), () => late(program, 'session/set_config_option', STEP_MS));
}

class SessionSettings {
  readonly #talk: Conversation;
  readonly #program: string;
  #session: Opened;

  constructor(talk: Conversation, program: string, session: Opened) {
    this.#talk = talk;
    this.#program = program;
    this.#session = session;
  }

  async mode(mode: string): Promise<void> {
    const modes = objectOf(this.#session.offer['modes']);
    if (modes === null) return this.ofCategory('mode', mode, 'provider.acp.mode');
    const offered = listOf(modes['availableModes']).flatMap((each) => textOf(objectOf(each)?.['id']) ?? []);
    await this.#choose(mode, { what: 'mode', key: 'provider.acp.mode', offered, now: modes['currentModeId'] }, () =>
      this.#talk.call('session/set_mode', { sessionId: this.#session.id, modeId: mode }),
    );
  }

  /** Some agents offer their models beside the options, in a form that older clients know. */
  async model(model: string): Promise<void> {
    const models = objectOf(this.#session.offer['models']);
    const key = 'provider.acp.model';
    if (this.#options().some((option) => option['category'] === 'model') || models === null)
      return this.ofCategory('model', model, key);
    const offered = listOf(models['availableModels']).flatMap((each) => textOf(objectOf(each)?.['modelId']) ?? []);
    await this.#choose(model, { what: 'model', key, offered, now: models['currentModelId'] }, () =>
      this.#talk.call('session/set_model', { sessionId: this.#session.id, modelId: model }),
    );
  }

  async ofCategory(category: string, value: string, key: string): Promise<void> {
    const option = this.#options().find((each) => each['category'] === category);
    const id = textOf(option?.['id']);
    if (id === null) throw this.#refusal(`no choice of ${category.replace('_', ' ')}`, key, []);
    await this.option(id, value, key);
  }

  async option(id: string, value: string | boolean, key: string): Promise<void> {
    const options = this.#options();
    const option = options.find((each) => each['id'] === id);
    if (option === undefined) {
      throw this.#refusal(
        `no option ${JSON.stringify(id)}`,
        key,
        options.flatMap((each) => textOf(each['id']) ?? []),
      );
    }
    const request = { sessionId: this.#session.id, configId: id, value };
    const set = () =>
      this.#talk.call(
        'session/set_config_option',
        typeof value === 'boolean' ? { ...request, type: 'boolean' } : request,
      );
    const offered = option['type'] === 'boolean' ? null : valuesOf(option['options']);
    await this.#choose(value, { what: `value of ${id}`, key, offered, now: option['currentValue'] }, set);
  }

  #options(): JsonObject[] {
    return listOf(this.#session.offer['configOptions']).map((each) => objectOf(each) ?? {});
  }

  /** `offered`: null where anything of the right type may be asked for. */
  async #choose(
    value: string | boolean,
    { what, key, offered, now }: { what: string; key: string; offered: readonly string[] | null; now: unknown },
    set: () => Promise<JsonObject>,
  ): Promise<void> {
    if (value === now) return;
    const refusal = () => this.#refusal(`no ${what} ${JSON.stringify(value)}`, key, offered ?? ['true', 'false']);
    if (offered !== null && !offered.includes(String(value))) throw refusal();
    try {
      const { configOptions } = await set();
      // One choice may change what else there is to choose from.
      if (configOptions !== undefined)
        this.#session = { ...this.#session, offer: { ...this.#session.offer, configOptions } };
    } catch (error) {
      throw isInvalid(error) ? refusal() : error;
    }
  }

  #refusal(what: string, key: string, offered: readonly string[]): SetupProblem {
    const instead = offered.length === 0 ? '' : `; it offers ${offered.slice(0, 60).join(', ')}`;
    const hint = `Set ${key} to what ${this.#program} offers, or remove it.`;
    return new SetupProblem({ class: 'configuration', message: `${this.#program} offers ${what}${instead}`, hint });
  }
}

/** The values of an option, which may stand in groups. */
function valuesOf(options: unknown): string[] {
  return listOf(options).flatMap((each) => {
    const option = objectOf(each);
    return textOf(option?.['value']) ?? valuesOf(option?.['options']);
  });
}

/** The request was understood, and what it asks for refused. */
function isInvalid(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === -32602 || code === -32603;
}

function late(program: string, step: string, ms: number): SetupProblem {
  return new SetupProblem({
    class: 'hang_idle',
    message: `${program} had not answered ${step} after ${Math.round(ms / 1000)} s and was ended`,
    hint: 'Start it by hand to see what it waits for; `autoloop doctor` greets it, too.',
  });
}

/** Waits for `work` up to `ms` of the time in which this program was there to look. */
async function within<T>(ms: number, work: Promise<T>, problem: () => Error): Promise<T> {
  const time = new OwnTime();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const look = () => {
      const left = ms - time.now();
      if (left <= 0) reject(problem());
      else timer = setTimeout(look, time.plan(left));
    };
    look();
  });
  work.catch(() => undefined); // When it is late, nobody hears of it any more.
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
