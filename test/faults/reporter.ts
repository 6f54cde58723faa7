import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** One line a fault in the order of their numbers, then what failed and why, then `N passed, N failed`. */
export default class FaultReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    const all = modules.flatMap((module) => [...module.children.allTests()]);
    const tests = all.filter((test) => test.result().state !== 'skipped').sort(byNumber);
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

function byNumber(a: TestCase, b: TestCase): number {
  return numberOf(a) - numberOf(b);
}

function numberOf({ name }: TestCase): number {
  return Number(/^#(\d+) /.exec(name)?.[1] ?? 0);
}

function explain({ message, diff }: { readonly message: string; readonly diff?: string | undefined }): string {
  return diff === undefined ? message : `${message}\n${diff}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
