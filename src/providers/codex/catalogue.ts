import { listOf, objectOf, parseJson, textOf } from '../json.ts';
import type { Ask } from '../program.ts';

/** A model and an effort that codex is to be started with; null: its own. */
interface Chosen {
  readonly model: string | null;
  readonly effort: string | null;
}

/**
 * What the catalogue of this codex says against the models and efforts that are set, one sentence each. It is asked only where a
 * model is set, makes no request (`--bundled`), and where it fails or prints what we do not know, nothing is said.
 */
export async function catalogueNotices(
  program: string,
  ask: Ask,
  chosen: readonly Chosen[],
): Promise<readonly string[]> {
  if (chosen.every(({ model }) => model === null)) return [];
  const said = await ask(program, ['debug', 'models', '--bundled']);
  const efforts = said.exitCode === 0 ? catalogueIn(said.stdout) : null;
  if (efforts === null) return [];
  return [...new Set(chosen.flatMap((each) => noticeOf(each, efforts)))];
}

/** The efforts of each model, by its name. None listed: unknown. */
type Catalogue = ReadonlyMap<string, readonly string[]>;

function noticeOf({ model, effort }: Chosen, catalogue: Catalogue): string[] {
  if (model === null) return [];
  const efforts = catalogue.get(model);
  if (efforts === undefined) {
    return [
      `this codex does not know the model ${model} (provider.codex.model or provider.roles): it may be refused; unset, codex takes its own default`,
    ];
  }
  if (effort === null || efforts.length === 0 || efforts.includes(effort)) return [];
  return [
    `the model ${model} has no effort ${effort} (provider.codex.model_effort or provider.roles): it has ${efforts.join(', ')}`,
  ];
}

/** A list of models, or an object that holds it as `models`; null for anything else. */
function catalogueIn(text: string): Catalogue | null {
  const document = parseJson(text);
  const models = listOf(Array.isArray(document) ? document : objectOf(document)?.['models']).map(objectOf);
  const entries = models.flatMap((model) => {
    const slug = textOf(model?.['slug']);
    return slug === null ? [] : [[slug, listOf(model?.['supported_reasoning_levels']).map(effortOf)] as const];
  });
  if (entries.length === 0) return null;
  return new Map(entries.map(([slug, efforts]) => [slug, efforts.filter((effort) => effort !== null)]));
}

/** A level is a word, or an object that names it. */
function effortOf(level: unknown): string | null {
  return textOf(level) ?? textOf(objectOf(level)?.['effort']);
}
