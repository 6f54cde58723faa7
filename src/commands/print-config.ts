import type { CommandLineOptions } from '../config/command-line.ts';
import { configDocument, renderConfig } from '../config/render.ts';
import { printDocument } from '../inspect/print.ts';
import { resolveSettings } from '../work/settings.ts';
import { processEnvironment } from '../terminal/at-terminal.ts';

/** `--print-config`: every key with its value and where it came from. */
export async function printConfig(workspace: string, given: CommandLineOptions, asJson: boolean): Promise<number> {
  const resolution = await resolveSettings({ workspace, ...processEnvironment() }, given);
  for (const warning of resolution.warnings) process.stderr.write(`[!] WARNING: ${warning}\n`);
  if (asJson) await printDocument(configDocument(resolution, resolution.files));
  else process.stdout.write(renderConfig(resolution));
  return 0;
}
