import { acp } from './acp.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { openNotebook, ScriptError } from './notebook.ts';

/**
 * A fake `codex`, `claude` or `acp`, started by a launcher that the rig writes: `main codex|claude|acp <agent folder> <arguments…>`.
 * Exit code 97: the script is wrong or has run out; the message says so.
 */
const [program, dir = '', ...argv] = process.argv.slice(2);
const tooLong = setTimeout(() => process.exit(98), 300_000); // No fake outlives its test by much.
try {
  const book = openNotebook(dir);
  process.exitCode = await (program === 'codex' ? codex : program === 'acp' ? acp : claude)(book, argv);
} catch (error) {
  const message = error instanceof ScriptError ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`fake ${program ?? 'agent'}: ${message}\n`);
  process.exitCode = 97;
}
clearTimeout(tooLong);
process.exit();
