import type { Reporter, TestModule } from 'vitest/node';

/** One line a fault, by files, then what failed and why, then `N passed, N failed`. */
export default class FaultReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    const all = modules
      .toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1))
      .flatMap(({ children }) => [...children.allTests()]);
    const tests = all.filter((test) => test.result().state !== 'skipped');
    for (const test of all) {
      const result = test.result();
      if (result.state === 'skipped' && result.note !== undefined) print(`skip   ${test.name}: ${result.note}`);
    }
    const broken = modules.flatMap((module) => module.errors().map(({ message }) => `${module.moduleId}: ${message}`));
    for (const test of tests) print(`${test.ok() ? 'ok    ' : 'FAILED'} ${test.name}`);
    const failed = tests.filter((test) => !test.ok());
    for (const test of failed) print(`\n${test.name}\n${(test.result().errors ?? []).map(explain).join('\n')}`);
    for (const message of [...broken, ...unhandled.map((error) => error.message)]) print(`\n${message}`);
    const others = broken.length + unhandled.length;
    print(`\n${tests.length - failed.length} passed, ${failed.length + others} failed`);
  }
}

function explain({ message, diff }: { readonly message: string; readonly diff?: string | undefined }): string {
  return diff === undefined ? message : `${message}\n${diff}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
