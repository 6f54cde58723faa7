import { withInlineTests } from './inline-tests.ts';

/** Where a source that the old code has not would belong in it. */
export interface GraftPlace {
  /** The modules that lead to it, below what the host is; none: it is the root of a crate. */
  readonly modules: readonly string[];
  /** Files that may declare the first of the modules. The nearest comes first. */
  readonly hosts: readonly string[];
}

/** Where the tests of a new Rust source go; one place for each module above it, the nearest first. Empty: nobody knows. */
export function graftPlaces(path: string): readonly GraftPlace[] {
  const [, root = '', rest] = /^((?:.*\/)?src\/)(.+)\.rs$/.exec(path) ?? [];
  if (rest === undefined) return [];
  if (/^(?:lib|main|bin\/[^/]+(?:\/main)?)$/.test(rest)) return [{ modules: [], hosts: [] }];
  const modules = rest.replace(/\/mod$/, '').split('/');
  return modules.map((_, at) => {
    const above = modules.slice(0, modules.length - 1 - at);
    const own = `${root}${above.join('/')}`;
    const hosts = above.length === 0 ? [`${root}lib.rs`, `${root}main.rs`] : [`${own}.rs`, `${own}/mod.rs`];
    return { modules: modules.slice(above.length), hosts };
  });
}

/** Whether a text has the module in a file of its own; `forTests`: only when tests are compiled. */
export function declares(text: string, module: string, { forTests }: { readonly forTests: boolean }): boolean {
  const before = forTests ? '#\\s*\\[\\s*cfg\\s*\\(\\s*test\\s*\\)\\s*\\]\\s*' : '';
  return new RegExp(`${before}(?:pub(?:\\s*\\([^)]*\\))?\\s+)?mod\\s+${module}\\s*;`).test(text);
}

/** Tests of new sources without their code. */
export interface Graft {
  readonly modules: readonly string[];
  /** The whole text of the source. */
  readonly text: string;
}

/**
 * The old code's text of a host with the tests of new sources in it, in modules as today's code has them: a test that needs nothing of
 * today's code passes there. A module that the text has already is left as it is.
 */
export function withGrafts(host: string, grafts: readonly Graft[]): string {
  return [host.replace(/\n*$/, '\n'), ...nested(grafts, host)].join('\n');
}

function nested(grafts: readonly Graft[], within: string): readonly string[] {
  const names = [...new Set(grafts.flatMap(({ modules: [name] }) => (name === undefined ? [] : [name])))].sort();
  return names
    .filter((name) => !new RegExp(`\\bmod\\s+${name}\\b`).test(within))
    .map((name) => {
      const inner = grafts
        .filter(({ modules }) => modules[0] === name)
        .map(({ modules, text }) => ({ modules: modules.slice(1), text }));
      const own = inner.filter(({ modules }) => modules.length === 0).map(({ text }) => testsOf(text));
      return `#[allow(unused)]\nmod ${name} {\n${[...own, ...nested(inner, '')].join('\n')}\n}\n`;
    });
}

/** The tests of a source, without its code. */
export function testsOf(text: string): string {
  return withInlineTests({ of: text, into: '' });
}
