import type { JsonObject } from '../json.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import { shorten } from '../failure.ts';
import { Refused, type Conversation } from './conversation.ts';
import type { Opened } from './setup.ts';
import { SetupProblem, type StepTime } from './step-time.ts';

/** The session's settings that a turn asks for; null: the agent's own. */
export interface Wishes {
  readonly mode: string | null;
  readonly model: string | null;
  readonly effort: string | null;
  readonly options: Readonly<Record<string, string | boolean>>;
}

/** Whom it is asked of, and within what time. */
export interface Setting {
  readonly talk: Conversation;
  readonly program: string;
  readonly time: StepTime;
}

/** Sets what is wished for. Rejects with a SetupProblem that lists what the agent offers instead. */
export async function grantWishes(
  { talk, program, time }: Setting,
  session: Opened,
  { mode, model, effort, options }: Wishes,
): Promise<void> {
  const setting = new SessionSettings({ talk, program, time }, session);
  if (mode !== null) await setting.mode(mode);
  if (model !== null) await setting.model(model);
  if (effort !== null) await setting.ofCategory('thought_level', effort, 'effort');
  for (const [id, value] of Object.entries(options)) await setting.option(id, value, `provider.acp.config.${id}`);
}

class SessionSettings {
  readonly #setting: Setting;
  #session: Opened;

  constructor(setting: Setting, session: Opened) {
    this.#setting = setting;
    this.#session = session;
  }

  async mode(mode: string): Promise<void> {
    const modes = objectOf(this.#session.offer['modes']);
    if (modes === null) return this.ofCategory('mode', mode, 'provider.acp.mode');
    const offered = listOf(modes['availableModes']).flatMap((each) => textOf(objectOf(each)?.['id']) ?? []);
    await this.#choose(mode, { what: 'mode', key: 'provider.acp.mode', offered, now: modes['currentModeId'] }, () =>
      this.#call('session/set_mode', { sessionId: this.#session.id, modeId: mode }),
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
      this.#call('session/set_model', { sessionId: this.#session.id, modelId: model }),
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
      this.#call('session/set_config_option', typeof value === 'boolean' ? { ...request, type: 'boolean' } : request);
    const offered = option['type'] === 'boolean' ? null : valuesOf(option['options']);
    await this.#choose(value, { what: `value of ${id}`, key, offered, now: option['currentValue'] }, set);
  }

  #call(method: string, params: object): Promise<JsonObject> {
    const { talk, time } = this.#setting;
    return time.wait(method, talk.call(method, params));
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
    const wished = `${what} ${JSON.stringify(value)}`;
    if (offered !== null && !offered.includes(String(value))) throw this.#refusal(`no ${wished}`, key, offered);
    try {
      const { configOptions } = await set();
      // One choice may change what else there is to choose from.
      if (configOptions !== undefined)
        this.#session = { ...this.#session, offer: { ...this.#session.offer, configOptions } };
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== INVALID_PARAMS) throw error;
      const words = `the ${wished} and refuses it: ${shorten(error.message)}`;
      throw this.#refusal(
        words,
        key,
        (offered ?? ['true', 'false']).filter((each) => each !== String(value)),
      );
    }
  }

  #refusal(what: string, key: string, offered: readonly string[]): SetupProblem {
    const instead = offered.length === 0 ? '' : `; it offers ${offered.slice(0, 60).join(', ')}`;
    const { program } = this.#setting;
    const hint = `Set ${key} to what ${program} offers, or remove it.`;
    return new SetupProblem({ class: 'configuration', message: `${program} offers ${what}${instead}`, hint });
  }
}

/** The values of an option, which may stand in groups. */
function valuesOf(options: unknown): string[] {
  return listOf(options).flatMap((each) => {
    const option = objectOf(each);
    return textOf(option?.['value']) ?? valuesOf(option?.['options']);
  });
}

/** JSON-RPC 2.0: the request was understood, and what it asks for refused. Any other error is no word on the value. */
const INVALID_PARAMS = -32_602;
