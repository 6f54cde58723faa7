import { runLayout, stateFiles, taskFiles } from '../../../src/store/layout.ts';
import { probeWritable } from '../../../src/store/disk/write-probe.ts';

/** Probes the run in its arguments (workspace, task, run) and prints what it is told. */
const [workspace = '', task = '', run = ''] = process.argv.slice(2);
const state = stateFiles(workspace);
try {
  await probeWritable(state, runLayout(taskFiles(state, task), run));
  process.stdout.write('writable');
} catch (error) {
  process.stdout.write(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
